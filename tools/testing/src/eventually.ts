import { setTimeout as sleep } from 'node:timers/promises'

export interface EventuallyOptions {
  /** The condition, as the end of "waited 5000 ms for". */
  readonly what: string
  readonly timeoutMs?: number
  readonly intervalMs?: number
}

/**
 * Repeats a check until it succeeds. A check fails if it returns a falsy value or throws (a failed `expect`); a check that returns nothing
 * succeeds. Returns the first truthy result. Rejects with the last failure.
 */
export async function eventually<T>(check: () => T | Promise<T>, options: EventuallyOptions): Promise<T> {
  const { what, timeoutMs = 20_000, intervalMs = 10 } = options
  const deadline = performance.now() + timeoutMs
  for (;;) {
    let lastNo: unknown
    try {
      const answer = await check()
      if (answer || answer === undefined) return answer
      lastNo = answer
    } catch (error) {
      lastNo = error
    }
    if (performance.now() > deadline) {
      const said = lastNo instanceof Error ? lastNo.message : JSON.stringify(lastNo)
      throw new Error(`waited ${timeoutMs} ms for ${what}; at last: ${said}`, { cause: lastNo })
    }
    await sleep(intervalMs)
  }
}
