import { useWords } from '../language/words.ts'
import { Icon } from './Icon.tsx'
import { themes, useTheme } from './theme.ts'
import { designWords } from './words.ts'

const icons = { system: 'screen', light: 'sun', dark: 'moon' } as const

/** Switches to the next theme: system, light, dark. */
export function ThemeSwitch() {
  const [theme, chooseTheme] = useTheme()
  const words = useWords(designWords).theme
  const label = `${words.label}: ${words[theme]}`
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={() => chooseTheme(themes[(themes.indexOf(theme) + 1) % themes.length]!)}
      className="inline-flex size-9 cursor-pointer items-center justify-center rounded-control text-ink-soft hover:bg-sunken hover:text-ink"
    >
      <Icon name={icons[theme]} />
    </button>
  )
}
