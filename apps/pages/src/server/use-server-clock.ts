import { useEffect, useSyncExternalStore } from 'react'
import { readTime } from './read-time.ts'
import { createServerClock } from './server-clock.ts'

/** The one clock of the page. */
export const serverClock = createServerClock({
  readTime,
  monotonicNow: () => performance.now(),
  ownNow: () => Date.now(),
})

const syncEveryMs = 60_000
/** The first answers are read close together: the quickest of them is the most exact. */
const firstSyncsMs = [0, 300, 1_000, 3_000]

/** Keeps the server clock in step while the calling component is there. */
export function useServerClock(): void {
  useEffect(() => {
    // Without an answer the page's own clock has to do; the connection notice says that the service is away.
    const sync = () => void serverClock.sync().catch(() => {})
    const first = firstSyncsMs.map((afterMs) => setTimeout(sync, afterMs))
    const later = setInterval(sync, syncEveryMs)
    // Before that the machine may have slept, and the monotonic clock with it.
    const syncWhenSeen = () => {
      if (document.visibilityState === 'visible') sync()
    }
    document.addEventListener('visibilitychange', syncWhenSeen)
    return () => {
      first.forEach(clearTimeout)
      clearInterval(later)
      document.removeEventListener('visibilitychange', syncWhenSeen)
    }
  }, [])
}

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setTimeout> | undefined

/** The service's time in whole seconds, in ms since 1970; renders again at each second. One timer serves the whole page. */
export function useServerNow(): number {
  return useSyncExternalStore(listen, wholeSecond)
}

/** `performance.now()` in whole seconds, in ms; renders again at each second. For ages, which no clock that is set may change. */
export function useMonotonicNow(): number {
  return useSyncExternalStore(listen, wholeMonotonicSecond)
}

function listen(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setTimeout(tick, untilNextSecondMs())
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearTimeout(timer)
    timer = undefined
  }
}

function tick(): void {
  timer = setTimeout(tick, untilNextSecondMs())
  for (const listener of listeners) listener()
}

function wholeSecond(): number {
  return Math.floor(serverClock.now() / 1_000) * 1_000
}

function wholeMonotonicSecond(): number {
  return Math.floor(performance.now() / 1_000) * 1_000
}

function untilNextSecondMs(): number {
  return 1_000 - (serverClock.now() % 1_000)
}
