import { useSyncExternalStore } from 'react'

/** The size of the root's letters, in whole px. It grows with the screen and with the reader's own setting. A canvas knows no `rem`. */
export function useRootPx(): number {
  return useSyncExternalStore(listen, readRootPx)
}

function readRootPx(): number {
  return Math.round(parseFloat(getComputedStyle(document.documentElement).fontSize))
}

function listen(listener: () => void): () => void {
  window.addEventListener('resize', listener)
  return () => window.removeEventListener('resize', listener)
}
