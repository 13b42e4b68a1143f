import { setTimeout as sleep } from 'node:timers/promises'
import type { Ground } from '../ground.ts'
import type { OpenPagesAnswer, OpenPagesQuestion } from '../load/open-pages-process.ts'
import { compareWatched, sellWhileOpen, type ComparedWatched } from '../measure/compare-watched.ts'
import { residentBytes } from '../measure/process-cpu.ts'
import { sellSlice } from '../measure/sell-slice.ts'
import { spreadOf, type Spread } from '../measure/spread.ts'
import { benchModule, startOwnChild } from '../own-child.ts'

export interface StreamsFigure extends ComparedWatched {
  readonly count: number
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
  const api = await ground.startApi()
  const port = Number(new URL(api.url).port)
  const pages = await startOwnChild<OpenPagesQuestion, OpenPagesAnswer>(benchModule('load/open-pages-process'))
  const letNewsPass = () => sleep(newsMs, undefined, { signal: ground.signal })
  const sell = () => sellSlice(ground, { servers: [api], beforePress: letNewsPass })
  const bytesPerSecond: number[] = []
  const grownBytes: number[] = []

  async function sellWatched() {
    const residentBefore = residentBytes(api.pid)
    const { refusedStatus, openCount } = await pages.ask({ open: { port, count } })
    if (refusedStatus !== undefined) throw new Error(`page ${openCount + 1} was refused with ${refusedStatus}`)
    // The pages stay open for minutes in practice. This slice pays for the garbage of their opening.
    await sell()
    const slice = await sellWhileOpen({ sell, ask: () => pages.ask({}), count }, bytesPerSecond)
    if (residentBefore !== undefined) grownBytes.push((residentBytes(api.pid) ?? 0) - residentBefore)
    await pages.ask({ close: true })
    return slice
  }

  try {
    const warmUp = () => sellSlice(ground, { servers: [api] })
    const compared = await compareWatched(ground, { warmUp, open: sellWatched, none: sell })
    return {
      count,
      ...compared,
      // The memory of closed streams is used again, so only the first round shows it.
      ...(grownBytes.length > 0 && { residentBytes: Math.max(...grownBytes) }),
      bytesPerSecondOfEach: spreadOf(bytesPerSecond),
    }
  } finally {
    await pages.stop()
  }
}
