import { useSyncExternalStore } from 'react'
import { readRemembered, remember } from './remembered.ts'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const rememberedAs = 'flashSale.theme'
const listeners = new Set<() => void>()
let theme: Theme = 'system'

/** Puts the remembered choice into force; call it before the first paint. */
export function applyTheme(): void {
  const remembered = readRemembered(rememberedAs)
  show(themes.find((known) => known === remembered) ?? 'system')
}

function chooseTheme(chosen: Theme): void {
  remember(rememberedAs, chosen)
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
