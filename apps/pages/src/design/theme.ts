import { useSyncExternalStore } from 'react'
import { keepInBrowser } from '../browser/kept-text.ts'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const themeName = 'flashSale.theme'
const kept = keepInBrowser(() => localStorage)
const listeners = new Set<() => void>()
let theme: Theme = 'system'

/** Applies the theme that the reader chose last. Call it before the first paint. */
export function applyTheme(): void {
  const chosen = kept.get(themeName)
  show(themes.find((known) => known === chosen) ?? 'system')
}

function chooseTheme(chosen: Theme): void {
  kept.set(themeName, chosen)
  show(chosen)
}

/** The reader's choice of theme, and how to change it. */
export function useTheme(): readonly [Theme, (chosen: Theme) => void] {
  return [useSyncExternalStore(listen, () => theme), chooseTheme]
}

function show(chosen: Theme): void {
  theme = chosen
  const { dataset } = document.documentElement
  if (chosen === 'system') delete dataset.theme
  else dataset.theme = chosen
  for (const listener of listeners) listener()
}

function listen(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
