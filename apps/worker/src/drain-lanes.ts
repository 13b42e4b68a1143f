/** Runs one drain at a time for each item in this process. */
export interface DrainLanes {
  /** Resolves when a drain that began after this call is done. */
  drain(itemId: number): Promise<void>
  /** Items whose drain is under way. */
  readonly activeCount: number
  /** Resolves when every drain under way is done. */
  settled(): Promise<void>
}

interface Lane {
  running: Promise<void>
  next: Promise<void> | undefined
}

/** Rings that come while their item is being drained share one further drain. */
export function createDrainLanes(run: (itemId: number) => Promise<void>): DrainLanes {
  const lanes = new Map<number, Lane>()

  function start(itemId: number): Promise<void> {
    const running = run(itemId)
    const lane: Lane = { running, next: undefined }
    lanes.set(itemId, lane)
    void running
      .catch(() => undefined)
      .then(() => {
        if (lanes.get(itemId) === lane && !lane.next) lanes.delete(itemId)
      })
    return running
  }

  return {
    drain(itemId) {
      const lane = lanes.get(itemId)
      if (!lane) return start(itemId)
      lane.next ??= lane.running.catch(() => undefined).then(() => start(itemId))
      return lane.next
    },
    get activeCount() {
      return lanes.size
    },
    async settled() {
      while (lanes.size > 0) {
        await Promise.allSettled(
          [...lanes.values()].flatMap(({ running, next }) => (next ? [running, next] : [running])),
        )
      }
    },
  }
}
