import { useCallback, useLayoutEffect, useMemo, useState, type ReactNode } from 'react'
import { keepInBrowser } from '../browser/kept-text.ts'
import { createFormat } from './format.ts'
import { LanguageContext } from './LanguageContext.ts'
import { chooseLanguage, chooseLocale, languageTags, type Language } from './languages.ts'

const languageName = 'flashSale.language'
const kept = keepInBrowser(() => localStorage)

/** Gives its children the reader's language: the one that the reader chose here, or else the browser's. */
export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [language, show] = useState(() => chooseLanguage(kept.get(languageName) ?? null, navigator.languages))
  const setLanguage = useCallback((chosen: Language) => {
    kept.set(languageName, chosen)
    show(chosen)
  }, [])
  useLayoutEffect(() => {
    document.documentElement.lang = languageTags[language]
  }, [language])
  const choice = useMemo(
    () => ({ language, setLanguage, format: createFormat(chooseLocale(language, navigator.languages)) }),
    [language, setLanguage],
  )
  return <LanguageContext value={choice}>{children}</LanguageContext>
}
