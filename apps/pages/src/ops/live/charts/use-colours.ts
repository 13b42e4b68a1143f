import { useMemo, useSyncExternalStore } from 'react'
import { useTheme } from '../../../design/theme.ts'

const tokens = [
  'series-1',
  'series-2',
  'series-3',
  'series-4',
  'series-5',
  'series-6',
  'series-7',
  'series-8',
  'line',
  'ink-soft',
] as const
export type ColourToken = (typeof tokens)[number]
export type Colours = Record<ColourToken, string>

/** The current colours of the tokens. A canvas does not follow the theme by itself, so its user draws again when these change. */
export function useColours(): Colours {
  const [theme] = useTheme()
  const systemIsDark = useSyncExternalStore(listen, isSystemDark)
  // The colours are read from the page, and depend on these two.
  return useMemo(() => readColours(`${theme} ${systemIsDark}`), [theme, systemIsDark])
}

function readColours(_dependsOn: string): Colours {
  const probe = document.createElement('span')
  document.body.append(probe)
  const colours = tokens.map((token) => {
    probe.style.color = `var(--color-${token})`
    return [token, getComputedStyle(probe).color]
  })
  probe.remove()
  return Object.fromEntries(colours)
}

const darkQuery = '(prefers-color-scheme: dark)'

function isSystemDark(): boolean {
  return matchMedia(darkQuery).matches
}

function listen(listener: () => void): () => void {
  const query = matchMedia(darkQuery)
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}
