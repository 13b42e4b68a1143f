import { useEffect, useState } from 'react'
import { useIsVisible } from '../../browser/use-is-visible.ts'

const hiddenLock = 'flash-sale.hidden-stream'

/** Whether this tab may hold a stream: a tab on the screen may, and of the hidden tabs that want to the first one. */
export function useMayFollow(isWished: boolean): boolean {
  const isVisible = useIsVisible()
  const holdsLock = useHiddenLock(isWished && !isVisible)
  return isVisible || holdsLock
}

/** Holds the browser's only lock for a hidden stream while `isWanted`. Without locks (on plain HTTP) the hidden tab reads now and then. */
function useHiddenLock(isWanted: boolean): boolean {
  const [isHeld, setHeld] = useState(false)
  useEffect(() => {
    if (!isWanted || !('locks' in navigator)) return undefined
    const left = new AbortController()
    const isLeft = new Promise<void>((resolve) => left.signal.addEventListener('abort', () => resolve()))
    navigator.locks
      .request(hiddenLock, { signal: left.signal }, () => {
        setHeld(true)
        return isLeft
      })
      .catch(() => undefined)
    return () => {
      left.abort()
      setHeld(false)
    }
  }, [isWanted])
  return isHeld
}
