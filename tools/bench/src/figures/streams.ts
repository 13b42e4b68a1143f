import { setTimeout as sleep } from 'node:timers/promises'
import type { Ground } from '../ground.ts'
import type { OpenPagesAnswer, OpenPagesQuestion } from '../load/open-pages-process.ts'
import { interleave } from '../measure/interleave.ts'
import { residentBytes } from '../measure/process-cpu.ts'
import { sellSlice } from '../measure/sell-slice.ts'
import { ratioOf, spreadOf, type Spread } from '../measure/spread.ts'
import { benchModule, startOwnChild } from '../own-child.ts'
import { lingerMs } from './dashboards.ts'

export interface StreamsFigure {
  readonly count: number
  /** Accepting with the pages open against without. */
  readonly ofNone: Spread
  /** The same, CPU of the API an order. */
  readonly apiCpuOfNone?: Spread
  /** Memory of the API for all of them, in bytes. */
  readonly residentBytes?: number
  readonly bytesPerSecondOfEach: Spread
}

const count = 10_000

/** Every page has heard of the new sale of a slice by then. In practice that happens long before a sale opens. */
export const newsMs = 3_000

/**
 * (s) The cost of ten thousand open shop pages for the buyers of the same API process. As with the dashboards, the pages are opened before a
 * slice and closed after it.
 */
export async function measureStreams(ground: Ground): Promise<StreamsFigure> {
  const { settings, say: onSlice, signal } = ground
  const api = await ground.startApi()
  const port = Number(new URL(api.url).port)
  const pages = await startOwnChild<OpenPagesQuestion, OpenPagesAnswer>(benchModule('load/open-pages-process'))
  const letNewsPass = () => sleep(newsMs, undefined, { signal })
  const sell = () => sellSlice(ground, { servers: [api], beforePress: letNewsPass })
  const bytesPerSecond: number[] = []
  const grownBytes: number[] = []

  async function sellWatched(): Promise<Awaited<ReturnType<typeof sell>>> {
    const residentBefore = residentBytes(api.pid)
    const { refusedStatus, openCount } = await pages.ask({ open: { port, count } })
    if (refusedStatus !== undefined) throw new Error(`page ${openCount + 1} was refused with ${refusedStatus}`)
    const [before, startedAtMs] = [await pages.ask({}), performance.now()]
    const slice = await sell()
    const after = await pages.ask({})
    const seconds = (performance.now() - startedAtMs) / 1_000
    if (after.openCount !== count) throw new Error(`${count - after.openCount} pages lost their streams`)
    bytesPerSecond.push((after.byteCount - before.byteCount) / seconds / count)
    if (residentBefore !== undefined) grownBytes.push((residentBytes(api.pid) ?? 0) - residentBefore)
    await pages.ask({ close: true })
    return slice
  }

  try {
    for (let round = 0; round < settings.warmUpRounds; round += 1) {
      onSlice('warming up')
      await sellSlice(ground, { servers: [api] })
    }
    const slices = await interleave(
      {
        with: sellWatched,
        without: async () => {
          await sleep(lingerMs, undefined, { signal })
          return sell()
        },
      },
      { rounds: settings.rounds, warmUpRounds: 0, signal, onSlice },
    )
    const cpu = [slices.with, slices.without].map((own) => own.flatMap((slice) => slice.cpuMicros.api ?? []))
    return {
      count,
      ofNone: ratioOf(
        slices.with.map((slice) => slice.perSecond),
        slices.without.map((slice) => slice.perSecond),
      ),
      ...(cpu[0]!.length > 0 && { apiCpuOfNone: ratioOf(cpu[0]!, cpu[1]!) }),
      // The memory of closed streams is used again, so only the first round shows it.
      ...(grownBytes.length > 0 && { residentBytes: Math.max(...grownBytes) }),
      bytesPerSecondOfEach: spreadOf(bytesPerSecond),
    }
  } finally {
    await pages.stop()
  }
}
