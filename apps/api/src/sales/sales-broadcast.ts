import { setTimeout as sleep } from 'node:timers/promises'
import { answerWithin, StoreUnansweredError } from '@flash-sale/runtime/answer-within'
import type { Logger } from 'pino'
import type { ApiContext } from '../api-context.ts'
import { createSlowdownMeter } from '../live/measure-slowdown.ts'
import { createPacedBroadcast } from '../live/paced-broadcast.ts'
import { createSalesCollector } from './collect-sales.ts'
import type { HeadStart } from './head-start.ts'
import { createSalesFrames, type Urgency } from './sales-frames.ts'
import type { SalesFrame, SalesNews } from './sales-news.ts'

/** `first`: the items, by id, of which the listener hears first when they have units again. */
export interface SalesBroadcast {
  /** Calls `listener` with each frame until the returned function is called. */
  readonly listen: (listener: (frame: SalesFrame) => void, first?: readonly number[]) => () => void
  /** The first event of a listener. The frames of `listen` follow on it. Rejects if the stores do not answer in time. */
  readonly firstEvent: (first?: readonly number[]) => Promise<Buffer>
  readonly close: () => void
}

/** The pause between two collections, in ms; longer, up to so many times, in a process that gets only a part of its core. */
const collectEveryMs = 400
const collectSlowdownMax = 4
/** Collecting goes on this long without listeners, so that a page that is reloaded has its first event at once. In ms. */
const lingerMs = 10_000
/** A failover of a store takes no longer than this, and need not be told. In ms. */
const awayAfterMs = 2_000
const firstWithinMs = 3_000

interface Waiting {
  readonly first: readonly number[]
  readonly resolve: (first: Buffer) => void
  readonly reject: (error: Error) => void
}

function stopped(): Error {
  return new StoreUnansweredError('the stores did not answer before the process began to stop')
}

/** Collects the sales once for all listeners of this process, while there are any, and tells them of each change. */
export function createSalesBroadcast(
  context: Pick<ApiContext, 'stores' | 'readRedis'>,
  headStart: HeadStart,
  logger: Pick<Logger, 'warn'>,
  createCollector = () => createSalesCollector(context),
): SalesBroadcast {
  const broadcast = createPacedBroadcast<SalesNews>()
  const measureSlowdown = createSlowdownMeter()
  const closing = new AbortController()
  let frames = createSalesFrames()
  let isRunning = false
  let lastHeardAtMs = -Infinity
  let failingSinceMs: number | undefined
  let isAwayTold = false
  const waiting = new Set<Waiting>()

  async function run(): Promise<void> {
    isRunning = true
    frames = createSalesFrames()
    const collect = createCollector()
    while (!closing.signal.aborted && (broadcast.listenerCount() > 0 || performance.now() - lastHeardAtMs < lingerMs)) {
      await collect().then(
        (collected) => {
          failingSinceMs = undefined
          isAwayTold = false
          const { everybody, early, isWaiting } = headStart.take(collected, !broadcast.isUnderWay())
          tellNews(frames.take(everybody, early))
          if (isWaiting) broadcast.hurry()
        },
        (error: unknown) => tellFailure(error),
      )
      const restMs = collectEveryMs * Math.min(measureSlowdown(), collectSlowdownMax)
      await sleep(restMs, undefined, { signal: closing.signal }).catch(() => undefined)
    }
    isRunning = false
  }

  function tellNews(urgency: Urgency): void {
    if (urgency === 'NONE') return
    // What is new now is still new at the next collection.
    if (broadcast.isUnderWay()) return urgency === 'URGENT' ? broadcast.hurry() : undefined
    broadcast.tell(frames.next(), urgency === 'URGENT')
    for (const { first, resolve } of waiting) resolve(frames.whole(first)!)
    waiting.clear()
  }

  function tellFailure(error: unknown): void {
    if (failingSinceMs === undefined)
      logger.warn({ err: error }, 'the open pages cannot be told the stock; it is tried again')
    failingSinceMs ??= performance.now()
    if (isAwayTold || broadcast.isUnderWay() || performance.now() - failingSinceMs < awayAfterMs) return
    isAwayTold = true
    broadcast.tell(frames.away(Date.now()), true)
  }

  function listen(listener: (frame: SalesFrame) => void, first: readonly number[] = []): () => void {
    const leave = broadcast.listen((news) => {
      const frame = news.for(first)
      if (frame) listener(frame)
    })
    if (!isRunning) void run()
    return () => {
      leave()
      lastHeardAtMs = performance.now()
    }
  }

  /** The first news that is told from now on. What waits for it is gone afterwards, also if no news comes. */
  async function firstNews(first: readonly number[]): Promise<Buffer> {
    if (closing.signal.aborted) throw stopped()
    let own: Waiting | undefined
    const told = new Promise<Buffer>((resolve, reject) => {
      own = { first, resolve, reject }
      waiting.add(own)
    })
    try {
      return await answerWithin(told, firstWithinMs, 'the stores')
    } finally {
      waiting.delete(own!)
    }
  }

  return {
    listen,
    async firstEvent(first = []) {
      // Collecting goes on while somebody waits for its first result.
      const leave = listen(() => undefined)
      try {
        return frames.whole(first) ?? (await firstNews(first))
      } finally {
        leave()
      }
    },
    close() {
      closing.abort()
      broadcast.close()
      for (const { reject } of waiting) reject(stopped())
    },
  }
}
