import { setTimeout as sleep } from 'node:timers/promises'
import type { Ground } from '../ground.ts'
import { interleave } from './interleave.ts'
import type { Slice } from './slice.ts'
import { ratioOf, type Spread } from './spread.ts'

/** What the process that holds open streams answers. */
export interface WatchedAnswer {
  readonly openCount: number
  /** Bytes that arrived on all streams until now. */
  readonly byteCount: number
}

/** An API keeps collecting frames this long after the last dashboard has gone. */
export const lingerMs = 11_000

/** Sells while `count` streams are open. Throws if one was closed. Adds the bytes that each of them got in a second. */
export async function sellWhileOpen(
  { sell, ask, count }: { sell: () => Promise<Slice>; ask: () => Promise<WatchedAnswer>; count: number },
  bytesPerSecondOfEach: number[],
): Promise<Slice> {
  const [before, startedAtMs] = [await ask(), performance.now()]
  const slice = await sell()
  const after = await ask()
  const seconds = (performance.now() - startedAtMs) / 1_000
  if (after.openCount !== count) throw new Error(`${count - after.openCount} of ${count} streams were closed`)
  bytesPerSecondOfEach.push((after.byteCount - before.byteCount) / seconds / count)
  return slice
}

export interface ComparedWatched {
  /** Accepting with the streams open against without. */
  readonly ofNone: Spread
  /** The same, CPU of the API an order. */
  readonly apiCpuOfNone?: Spread
}

/** Measures slices with open streams and slices without in turns. A slice without begins when the API has stopped collecting. */
export async function compareWatched(
  { settings, say: onSlice, signal }: Ground,
  slicesOf: {
    readonly warmUp: () => Promise<Slice>
    readonly open: () => Promise<Slice>
    readonly none: () => Promise<Slice>
  },
): Promise<ComparedWatched> {
  for (let round = 0; round < settings.warmUpRounds; round += 1) {
    onSlice('warming up')
    await slicesOf.warmUp()
  }
  const slices = await interleave(
    {
      without: async () => {
        await sleep(lingerMs, undefined, { signal })
        return slicesOf.none()
      },
      with: slicesOf.open,
    },
    { rounds: settings.rounds, warmUpRounds: 0, signal, onSlice },
  )
  const cpu = [slices.with, slices.without].map((own) => own.flatMap((slice) => slice.cpuMicros.api ?? []))
  return {
    ofNone: ratioOf(
      slices.with.map((slice) => slice.perSecond),
      slices.without.map((slice) => slice.perSecond),
    ),
    ...(cpu[0]!.length > 0 && { apiCpuOfNone: ratioOf(cpu[0]!, cpu[1]!) }),
  }
}
