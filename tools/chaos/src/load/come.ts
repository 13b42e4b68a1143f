import { setTimeout as sleep } from 'node:timers/promises'
import { splitRandom } from '@flash-sale/kit/seeded-random'

export interface Coming {
  /** Nobody comes any more. Resolves when each who came is done. */
  readonly end: () => Promise<void>
}

export interface ComeOptions {
  /** On average. In ms. */
  readonly everyMs: number
  /** Says what people do. One number of it seeds the pauses between them, for how many pauses there are depends on the machine. */
  readonly random: () => number
  readonly signal: AbortSignal
}

/**
 * More than come during all faults but the longest. During 90 s without answers thousands would come, and this process, which has one
 * thread, would need seconds to hear them all out: the recovery would be that of this process.
 */
export const waitingMax = 300

/**
 * People come one after the other until the end, while fewer than `waitingMax` are at it. `act` is what number so and so does; it draws what
 * it needs before it waits.
 */
export function comeOneByOne(
  { everyMs, random, signal }: ComeOptions,
  act: (number: number) => Promise<unknown>,
): Coming {
  const pauseRandom = splitRandom(random)
  const ending = new AbortController()
  const acting = new Set<Promise<unknown>>()
  const begin = (number: number) => {
    const one: Promise<unknown> = act(number)
      .catch(() => undefined)
      .finally(() => acting.delete(one))
    acting.add(one)
  }
  const coming = (async () => {
    for (let number = 0; !ending.signal.aborted && !signal.aborted;) {
      if (acting.size < waitingMax) begin(number++)
      await sleep(everyMs * (0.5 + pauseRandom()), undefined, { signal: ending.signal }).catch(() => undefined)
    }
  })()
  return {
    async end() {
      ending.abort()
      await coming
      await Promise.all(acting)
    },
  }
}
