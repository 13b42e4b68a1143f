import { useEffect, useState } from 'react'
import { useIsVisible } from './use-is-visible.ts'

/**
 * Keeps the screen on while `isWanted` and the tab is visible. Returns whether it does: browsers can on HTTPS only, and refuse when the
 * battery is low.
 */
export function useScreenAwake(isWanted: boolean): boolean {
  const isVisible = useIsVisible()
  const [isAwake, setAwake] = useState(false)
  useEffect(() => {
    if (!isWanted || !isVisible || !('wakeLock' in navigator)) return undefined
    let isLeft = false
    const lock = navigator.wakeLock.request('screen').catch(() => undefined)
    void lock.then((held) => {
      if (!isLeft) setAwake(held !== undefined)
      held?.addEventListener('release', () => setAwake(false))
    })
    return () => {
      isLeft = true
      setAwake(false)
      void lock.then((held) => held?.release())
    }
  }, [isWanted, isVisible])
  return isAwake
}
