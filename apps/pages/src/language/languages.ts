export const languages = ['en', 'zh'] as const
export type Language = (typeof languages)[number]

/** Each language under its own name, so that its reader finds it. */
export const languageNames: Record<Language, string> = { en: 'English', zh: '中文' }

/** The value of `lang`, for screen readers, hyphenation and the choice of Chinese glyphs. */
export const languageTags: Record<Language, string> = { en: 'en', zh: 'zh-CN' }

/** The remembered choice; else the first language of the browser that the pages have; else English. */
export function chooseLanguage(remembered: string | null, asked: readonly string[]): Language {
  return [remembered, ...asked].map(languageOf).find((language) => language !== undefined) ?? 'en'
}

/** The locale for numbers and times: with the reader's region, if the browser names one for this language (en-GB, zh-TW). */
export function chooseLocale(language: Language, asked: readonly string[]): string {
  return asked.find((tag) => languageOf(tag) === language) ?? languageTags[language]
}

function languageOf(tag: string | null): Language | undefined {
  return languages.find((language) => tag?.toLowerCase().split('-')[0] === language)
}
