import { setTimeout as sleep } from 'node:timers/promises'
import { liveFrameEveryMs, type OpsFrame, type OpsHistory, type RateSample } from '@flash-sale/contract/live'
import { countTroubles } from '@flash-sale/database/troubles'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import type { Logger } from 'pino'
import type { ApiContext } from '../api-context.ts'
import { createItemCollector, type CollectedItems } from './collect-items.ts'
import { eventOf } from './event-streams.ts'
import { createPacedReading } from './paced-reading.ts'
import { createRateHistory } from './rate-history.ts'
import { rateSampleOf } from './rate-sample.ts'
import { createReadinessSight } from './readiness-sight.ts'
import { createStoreSight } from './store-sight.ts'

/** One frame in its two forms, each made once for all listeners. */
export interface LiveFrame {
  /** The changed items, for a listener that has the frame before. */
  readonly changes: Buffer
  /** All items, for a listener that has not. */
  readonly whole: () => Buffer
}

export type FrameListener = (frame: LiveFrame) => void

export interface LiveFrames {
  /** Calls `listener` for each frame until the returned function is called. */
  listen(listener: FrameListener): () => void
  /** The current frame with all items. Call it only while somebody listens. Does not settle while the stores do not answer. */
  current(): Promise<Buffer>
  /** The rates of the last minutes that are newer than `atMs`. */
  historyAfter(atMs: number): OpsHistory
  /** Stops collecting. */
  close(): void
}

/** Collecting continues this long without listeners, so that a page that is reloaded finds current frames. */
const lingerMs = 10_000
/** An unchanged frame is sent this often, so that a page knows that nothing happens. */
const unchangedEveryMs = 1_000
const reportsAnswerMs = 1_500
const troublesEveryMs = 2_000
/** The states of jobs that wait or are being worked on. */
const ringStates = ['waiting', 'active', 'prioritized', 'delayed'] as const

/** Collects the live frames, once for all listeners of this process, and only while there are listeners. */
export function createLiveFrames(
  context: Pick<
    ApiContext,
    'stores' | 'readRedis' | 'queue' | 'unsettle' | 'watch' | 'standing' | 'acknowledgementLevel'
  >,
  logger: Pick<Logger, 'warn'>,
): LiveFrames {
  const { readRedis: redis, queue, stores } = context
  const collectItems = createItemCollector(context)
  const rates = createRateHistory(redis)
  const sight = createStoreSight(context)
  const readiness = createReadinessSight(context)
  const troubles = createPacedReading(troublesEveryMs, () => countTroubles(stores.database))
  let failedJobs: number | null = null
  const listeners = new Set<FrameListener>()
  const stopping = new AbortController()
  let latest: LiveFrame | undefined
  let upcoming = promiseOfFrame()
  let lastTexts = new Map<number, string>()
  let lastRates: RateSample | undefined
  let lastHealth = ''
  let lastSentAtMs = -Infinity
  let lastHeardAtMs = -Infinity
  let running = false
  let advancing = false
  let failing = false

  async function run(): Promise<void> {
    running = true
    while (!stopping.signal.aborted && (listeners.size > 0 || performance.now() - lastHeardAtMs < lingerMs)) {
      await collectOnce().then(
        () => (failing = false),
        (error: unknown) => {
          if (!failing) logger.warn({ err: error }, 'the live frame could not be made; it is tried again')
          failing = true
        },
      )
      await sleep(liveFrameEveryMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
    running = false
    latest = undefined
  }

  async function collectOnce(): Promise<void> {
    void sight.look()
    void readiness.look()
    troubles.look()
    const collected = await collectItems()
    if (collected.isRedisRead && rates.isDue(collected.nowMs)) await advanceRates(collected)
    const { items } = collected
    const frame = frameOf(collected)
    const health = healthOf(frame)
    const texts = new Map(items.map((item) => [item.itemId, JSON.stringify(item)]))
    const changed = items.filter(({ itemId }) => texts.get(itemId) !== lastTexts.get(itemId))
    const newestRates = rates.samples.at(-1)
    const isUnchanged =
      changed.length === 0 && texts.size === lastTexts.size && newestRates === lastRates && health === lastHealth
    if (latest && isUnchanged && performance.now() - lastSentAtMs < unchangedEveryMs) return
    lastTexts = texts
    lastRates = newestRates
    lastHealth = health
    lastSentAtMs = performance.now()
    // The event id is the newest sample's time. A listener that reconnects gets the samples after it.
    const id = newestRates && momentMs(newestRates)
    let whole: Buffer | undefined
    latest = {
      changes: eventOf('frame', { ...frame, items: changed }, id),
      whole: () => (whole ??= eventOf('frame', frame, id)),
    }
    for (const listener of listeners) listener(latest)
    upcoming.resolve(latest.whole())
    upcoming = promiseOfFrame()
  }

  async function advanceRates({ nowMs, items }: CollectedItems): Promise<void> {
    if (advancing || redis.status !== 'ready') return
    advancing = true
    const outboxAgeMs = items.reduce((oldest, item) => Math.max(oldest, item.oldestOutboxAgeMs), 0)
    const asked = Promise.all([queue.getJobCountByTypes(...ringStates), queue.getFailedCount()])
      .then(([queueDepth, failedCount]) => {
        failedJobs = failedCount
        return rates.advance(nowMs, { outboxAgeMs, queueDepth })
      })
      .finally(() => (advancing = false))
    // Reports that were not read now are read the next time.
    await answerWithin(asked, reportsAnswerMs, 'Redis').catch(() => undefined)
  }

  function frameOf({ nowMs, items, isRedisRead }: CollectedItems): OpsFrame {
    const none = rateSampleOf(nowMs, [], { outboxAgeMs: null, queueDepth: null })
    const at = new Date(nowMs).toISOString()
    return {
      at,
      itemIds: items.map(({ itemId }) => itemId),
      items,
      rates: rates.samples.at(-1) ?? none,
      processes: rates.processes(nowMs),
      stores: [...sight.stores],
      degraded: [...sight.degraded],
      readiness: readiness.now,
      failedJobs: isRedisRead ? failedJobs : null,
      troubles: troubles.isOld ? null : (troubles.last ?? null),
    }
  }

  return {
    listen(listener) {
      listeners.add(listener)
      if (!running) void run()
      return () => {
        listeners.delete(listener)
        lastHeardAtMs = performance.now()
      }
    },
    current: async () => latest?.whole() ?? upcoming.promise,
    historyAfter: (atMs) => ({ frames: rates.samples.filter((sample) => momentMs(sample) > atMs) }),
    close: () => stopping.abort(),
  }
}

function promiseOfFrame(): { readonly promise: Promise<Buffer>; readonly resolve: (frame: Buffer) => void } {
  let resolve!: (frame: Buffer) => void
  const promise = new Promise<Buffer>((resolvePromise) => (resolve = resolvePromise))
  return { promise, resolve }
}

/** What is told at once when it changes, as a text to compare. */
function healthOf({ stores, degraded, failedJobs, troubles, processes }: OpsFrame): string {
  return JSON.stringify([
    stores,
    degraded,
    failedJobs,
    troubles,
    processes.map(({ id, silentMs }) => [id, silentMs > 0]),
  ])
}

function momentMs({ at }: RateSample): number {
  return Date.parse(at)
}
