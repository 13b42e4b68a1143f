import { setTimeout as sleep } from 'node:timers/promises'

export interface Coming {
  /** Nobody comes any more. Resolves when each who came is done. */
  readonly end: () => Promise<void>
}

export interface ComeOptions {
  /** On average. In ms. */
  readonly everyMs: number
  readonly random: () => number
  readonly signal: AbortSignal
}

/** People come one after the other until the end. `act` is what number so and so does; it draws what it needs before it waits. */
export function comeOneByOne(
  { everyMs, random, signal }: ComeOptions,
  act: (number: number) => Promise<unknown>,
): Coming {
  const ending = new AbortController()
  const acting: Promise<unknown>[] = []
  const coming = (async () => {
    for (let number = 0; !ending.signal.aborted && !signal.aborted; number += 1) {
      acting.push(act(number).catch(() => undefined))
      await sleep(everyMs * (0.5 + random()), undefined, { signal: ending.signal }).catch(() => undefined)
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
