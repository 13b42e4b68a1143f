import { use } from 'react'
import { LanguageContext } from './LanguageContext.ts'

/** The same words in every language. A word that is missing in Chinese, or has no English one, is a type error. */
export interface Dictionary<Words> {
  readonly en: Words
  readonly zh: NoInfer<Words>
}

/** The words in the reader's language. */
export function useWords<Words>(dictionary: Dictionary<Words>): Words {
  return dictionary[use(LanguageContext).language]
}
