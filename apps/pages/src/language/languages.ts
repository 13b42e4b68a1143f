export const languages = ['en', 'zh'] as const
export type Language = (typeof languages)[number]

/** Each in itself, so that its reader finds it. */
export const languageNames: Record<Language, string> = { en: 'English', zh: '中文' }

/** What `lang` says, for screen readers, hyphenation and the choice of Chinese glyphs. */
export const languageTags: Record<Language, string> = { en: 'en', zh: 'zh-CN' }

/** The remembered choice, else the first language that the reader's browser asks for and we have, else English. */
export function chooseLanguage(remembered: string | null, asked: readonly string[]): Language {
  return [remembered, ...asked].map(languageOf).find((language) => language !== undefined) ?? 'en'
}

/** The locale for numbers and times: the reader's own region where their browser says one in this language (en-GB, zh-TW). */
export function chooseLocale(language: Language, asked: readonly string[]): string {
  return asked.find((tag) => languageOf(tag) === language) ?? languageTags[language]
}

function languageOf(tag: string | null): Language | undefined {
  return languages.find((language) => tag?.toLowerCase().split('-')[0] === language)
}
