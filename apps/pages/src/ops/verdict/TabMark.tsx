import { useEffect } from 'react'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import type { Verdict } from './verdict.ts'
import { lookOf } from './VerdictBar.tsx'
import { tell, verdictWords } from './verdict-words.ts'

const signs = { bad: '✖', caution: '⚠' } as const
const colours = { bad: '#c22f2a', caution: '#a05a00' } as const
const bolt = 'M18.5 4 7 18.5h7L12.5 28 25 12.8h-7.4z'

export interface TabMarkProps {
  readonly verdict: Verdict
  /** The title of the tab while all is well. */
  readonly title: string
}

/** Shows the verdict in the title and in the icon of the tab, so that an operator at another tab sees it. */
export function TabMark({ verdict, title }: TabMarkProps) {
  const words = useWords(verdictWords)
  const format = useFormat()
  const look = lookOf(verdict)
  const level = look === 'bad' || look === 'caution' ? look : undefined
  useIcon(level && colours[level])
  const cause = verdict.kind === 'ill' ? tell(verdict.causes[0], words, format).title : ''
  return <title>{level ? `${signs[level]} ${cause} · ${title}` : title}</title>
}

/** Draws the icon in this colour. Not a file, since the service that would send the file may be away. */
function useIcon(colour: string | undefined): void {
  useEffect(() => {
    const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]')
    if (!icon || colour === undefined) return undefined
    const usual = icon.href
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="${colour}"/><path d="${bolt}" fill="#fff"/></svg>`
    icon.href = `data:image/svg+xml,${encodeURIComponent(svg)}`
    return () => {
      icon.href = usual
    }
  }, [colour])
}
