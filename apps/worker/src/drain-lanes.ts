import { setTimeout as sleep } from 'node:timers/promises'

/** Runs one drain at a time for each item in this process. */
export interface DrainLanes {
  /** Resolves when a drain that began after this call is done. */
  drain(itemId: number): Promise<void>
  /** Items whose drain is under way, or was a moment ago. */
  readonly activeCount: number
  /** Resolves when every drain under way is done. */
  settled(): Promise<void>
}

interface Lane {
  running: Promise<void>
  /** It has run, and the next may begin. */
  over: Promise<void>
  next: Promise<void> | undefined
}

/**
 * Rings that come while their item is being drained share one further drain. It begins `everyMs` after the one before began, so that rings of
 * many APIs do not make a COMMIT each.
 */
export function createDrainLanes(run: (itemId: number) => Promise<void>, everyMs = 0): DrainLanes {
  const lanes = new Map<number, Lane>()

  function start(itemId: number): Promise<void> {
    const running = run(itemId)
    const pause = everyMs > 0 ? sleep(everyMs) : undefined
    const over = running.catch(() => undefined).then(() => pause)
    const lane: Lane = { running, over, next: undefined }
    lanes.set(itemId, lane)
    void over.then(() => {
      if (lanes.get(itemId) === lane && !lane.next) lanes.delete(itemId)
    })
    return running
  }

  return {
    drain(itemId) {
      const lane = lanes.get(itemId)
      if (!lane) return start(itemId)
      lane.next ??= lane.over.then(() => start(itemId))
      return lane.next
    },
    get activeCount() {
      return lanes.size
    },
    async settled() {
      while (lanes.size > 0) {
        await Promise.allSettled([...lanes.values()].flatMap(({ over, next }) => (next ? [over, next] : [over])))
      }
    },
  }
}
