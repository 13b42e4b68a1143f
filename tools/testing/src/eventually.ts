import { setTimeout as sleep } from 'node:timers/promises'

export interface EventuallyOptions {
  /** What is waited for, as it reads after "waited 5000 ms for". */
  readonly what: string
  readonly timeoutMs?: number
  readonly intervalMs?: number
}

/**
 * Asks until the answer is yes: a check says no by returning a falsy value or by throwing (an `expect` that fails).
 * Returns the first truthy answer; a check that returns nothing has said yes. Rejects with the last no.
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
