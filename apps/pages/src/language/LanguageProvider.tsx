import { useCallback, useLayoutEffect, useMemo, useState, type ReactNode } from 'react'
import { readRemembered, remember } from '../design/remembered.ts'
import { createFormat } from './format.ts'
import { LanguageContext } from './LanguageContext.ts'
import { chooseLanguage, chooseLocale, languageTags, type Language } from './languages.ts'

const rememberedAs = 'flashSale.language'

/** Gives what is below it the reader's language: their browser's, or the one they chose here. */
export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [language, show] = useState(() => chooseLanguage(readRemembered(rememberedAs), navigator.languages))
  const setLanguage = useCallback((chosen: Language) => {
    remember(rememberedAs, chosen)
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
