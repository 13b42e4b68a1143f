import { createClient } from '@flash-sale/contract/client'
import { useEffect, useSyncExternalStore } from 'react'
import { heardFetch } from './hearing.ts'
import { valueOf } from './problem.ts'
import { createServerClock } from './server-clock.ts'

/** The clock that the whole page shares. */
export const serverClock = createServerClock({
  readTime,
  monotonicNow: () => performance.now(),
  ownNow: () => Date.now(),
})

const client = createClient({ baseUrl: '', timeoutMs: 5_000, fetch: heardFetch })

/** The service's time, in ms since 1970. Rejects if the service does not answer. */
async function readTime(): Promise<number> {
  const { now } = await valueOf(client.readTime())
  return Date.parse(now)
}

const syncEveryMs = 60_000
/** The first readings are close together, since the quickest of them is the most exact. */
const firstSyncsMs = [0, 300, 1_000, 3_000]

/** Corrects the server clock regularly while the calling component is mounted. */
export function useServerClock(): void {
  useEffect(() => {
    // Without an answer the page uses its own clock. The connection notice tells that the service is away.
    const sync = () => void serverClock.sync().catch(() => {})
    const first = firstSyncsMs.map((afterMs) => setTimeout(sync, afterMs))
    const later = setInterval(sync, syncEveryMs)
    // The machine may have slept while the page was hidden, and the monotonic clock stood still.
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

/** The service's time in ms since 1970, in whole seconds. Renders again each second. One timer serves the whole page. */
export function useServerNow(): number {
  return useSyncExternalStore(listen, wholeSecond)
}

/** The service's time in ms since 1970, in whole minutes. Renders again each minute. */
export function useServerMinute(): number {
  return useSyncExternalStore(listen, wholeMinute)
}

/** `performance.now()` in ms, in whole seconds. Renders again each second. For ages, which must not change when a clock is set. */
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

function wholeMinute(): number {
  return Math.floor(serverClock.now() / 60_000) * 60_000
}

function wholeMonotonicSecond(): number {
  return Math.floor(performance.now() / 1_000) * 1_000
}

function untilNextSecondMs(): number {
  return 1_000 - (serverClock.now() % 1_000)
}
