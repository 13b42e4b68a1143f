import { answerWithin } from './answer-within.ts'

/** The work was not begun, since too much is under way and waiting. */
export class OverloadedError extends Error {
  override readonly name = 'OverloadedError'
}

/** Runs a bounded amount of work at a time. Further work waits for its turn, and what exceeds the bound of waiting is refused. */
export interface BoundedWork {
  /** Runs the work in its turn. Rejects with OverloadedError if too much work is waiting. */
  run<T>(work: () => Promise<T>): Promise<T>
  /**
   * Does the same for a caller who waits at most `withinMs`, and rejects with StoreUnansweredError then. Work that has not begun by then
   * never begins. Work that has begun counts as under way until it settles, so that callers who give up cannot pile up work.
   */
  runWithin<T>(work: () => Promise<T>, withinMs: number, what: string): Promise<T>
}

export interface WorkBounds {
  readonly underWayMax: number
  readonly waitingMax: number
  /** After each work its place stays empty for this multiple of the work's time. Default 0. */
  readonly restFactor?: number
  /** The longest such rest. Work that takes a second or more needs a longer one than the default of a second. */
  readonly restMsMax?: number
}

const restMsMaxDefault = 1_000

export function createBoundedWork({
  underWayMax,
  waitingMax,
  restFactor = 0,
  restMsMax = restMsMaxDefault,
}: WorkBounds): BoundedWork {
  /** In the order of the calls. */
  const waiting = new Set<() => void>()
  let underWay = 0

  function ended(): void {
    underWay -= 1
    const [next] = waiting
    if (!next) return
    waiting.delete(next)
    next()
  }

  function rest(startedAtMs: number): void {
    if (restFactor === 0) return ended()
    const restMs = Math.min(restFactor * (performance.now() - startedAtMs), restMsMax)
    setTimeout(ended, restMs).unref()
  }

  function start<T>(work: () => Promise<T>): { answer: Promise<T>; leave: () => void } {
    if (underWay >= underWayMax && waiting.size >= waitingMax) throw new OverloadedError('too much is asked at once')
    let begin!: () => void
    const answer = new Promise<T>((resolve, reject) => {
      begin = () => {
        underWay += 1
        const startedAtMs = performance.now()
        work()
          .finally(() => rest(startedAtMs))
          .then(resolve, reject)
      }
    })
    if (underWay < underWayMax) begin()
    else waiting.add(begin)
    return { answer, leave: () => void waiting.delete(begin) }
  }

  return {
    run: async (work) => start(work).answer,
    async runWithin(work, withinMs, what) {
      const { answer, leave } = start(work)
      try {
        return await answerWithin(answer, withinMs, what)
      } finally {
        leave()
      }
    },
  }
}
