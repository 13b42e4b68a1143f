import { setTimeout as sleep } from 'node:timers/promises'

/** Gives something to every listener, a few at a time, so that orders are answered in between. */
export interface PacedBroadcast<News> {
  /** Calls `listener` with everything that is told from now on, until the returned function is called. */
  readonly listen: (listener: (news: News) => void) => () => void
  readonly listenerCount: () => number
  /** Whether some listeners do not have the last news yet. */
  readonly isUnderWay: () => boolean
  /** Begins to tell. Call it only while nothing is under way. */
  readonly tell: (news: News, isUrgent: boolean) => void
  /** Makes what is under way urgent, since urgent news wait behind it. */
  readonly hurry: () => void
  /** Ends what is under way. */
  readonly close: () => void
}

export interface Pace {
  /** The longest time without a pause, in ms. */
  readonly turnMs: number
  /** The most of this process' time that telling takes, 0 to 1. */
  readonly share: number
  readonly urgentShare: number
}

/**
 * At 10,000 listeners a whole round takes about a tenth of a second of work: at this share once in a few seconds, and within a second if
 * it is urgent. With a hundred listeners a round is one turn.
 */
const paceDefault: Pace = { turnMs: 1, share: 0.025, urgentShare: 0.2 }

export function createPacedBroadcast<News>({ turnMs, share, urgentShare }: Pace = paceDefault): PacedBroadcast<News> {
  const listeners = new Set<(news: News) => void>()
  const closing = new AbortController()
  let isUnderWay = false
  let isUrgent = false

  /** Each round goes to the listeners of its beginning. A listener that comes later has newer news already. */
  async function tellAll(news: News): Promise<void> {
    const waiting = [...listeners].values()
    let turn = tellTurn(waiting, news)
    while (!turn.isLast && !closing.signal.aborted) {
      const restMs = turn.tookMs / (isUrgent ? urgentShare : share) - turn.tookMs
      await sleep(restMs, undefined, { signal: closing.signal }).catch(() => undefined)
      turn = tellTurn(waiting, news)
    }
    isUnderWay = false
  }

  function tellTurn(waiting: Iterator<(news: News) => void>, news: News): { tookMs: number; isLast: boolean } {
    const beganAtMs = performance.now()
    let tookMs = 0
    while (tookMs < turnMs) {
      const { value: listener, done } = waiting.next()
      if (done) return { tookMs, isLast: true }
      if (listeners.has(listener)) listener(news)
      tookMs = performance.now() - beganAtMs
    }
    return { tookMs, isLast: false }
  }

  return {
    listen(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    listenerCount: () => listeners.size,
    isUnderWay: () => isUnderWay,
    tell(news, urgent) {
      isUnderWay = true
      isUrgent = urgent
      void tellAll(news)
    },
    hurry: () => void (isUrgent = true),
    close: () => closing.abort(),
  }
}
