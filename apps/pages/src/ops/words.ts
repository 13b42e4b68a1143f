import { useWords, type Dictionary } from '../language/words.ts'
import { en, type OpsWords } from './words.en.ts'
import { zh } from './words.zh.ts'

const opsWords: Dictionary<OpsWords> = { en, zh }

/** The words of the operators' side, in the reader's language. */
export function useOpsWords(): OpsWords {
  return useWords(opsWords)
}
