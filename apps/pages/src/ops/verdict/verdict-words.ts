import type { Format } from '../../language/format.ts'
import type { Dictionary } from '../../language/words.ts'
import type { Told, VerdictWords } from './told.ts'
import type { Cause } from './verdict.ts'
import { en } from './verdict-words.en.ts'
import { zh } from './verdict-words.zh.ts'

export const verdictWords: Dictionary<VerdictWords> = { en, zh }

/** Tells a cause in the reader's words. */
export function tell(cause: Cause, { causes }: VerdictWords, format: Format): Told {
  // Each entry takes the cause of its own name.
  return (causes[cause.name] as (cause: Cause, format: Format) => Told)(cause, format)
}
