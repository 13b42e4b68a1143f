import { useLanguage } from './LanguageContext.ts'
import { languageNames, languages, languageTags } from './languages.ts'

/** Changes the language of the page. The button shows the other language's own name. */
export function LanguageSwitch() {
  const { language, setLanguage } = useLanguage()
  const other = languages.find((known) => known !== language) ?? language
  return (
    <button
      type="button"
      lang={languageTags[other]}
      onClick={() => setLanguage(other)}
      className="h-9 cursor-pointer rounded-control px-2.5 text-small font-medium text-ink-soft hover:bg-sunken hover:text-ink"
    >
      {languageNames[other]}
    </button>
  )
}
