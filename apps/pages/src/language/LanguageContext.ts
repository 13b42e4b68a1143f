import { createContext, use } from 'react'
import { createFormat, type Format } from './format.ts'
import type { Language } from './languages.ts'

export interface LanguageChoice {
  readonly language: Language
  readonly format: Format
  readonly setLanguage: (language: Language) => void
}

export const LanguageContext = createContext<LanguageChoice>({
  language: 'en',
  format: createFormat('en'),
  setLanguage: () => {},
})

/** The language in use, and how to change it. */
export function useLanguage(): LanguageChoice {
  return use(LanguageContext)
}

/** Formats numbers and times the way the reader writes them. */
export function useFormat(): Format {
  return use(LanguageContext).format
}
