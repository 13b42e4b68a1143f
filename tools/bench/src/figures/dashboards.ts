import { settle, type Ground } from '../ground.ts'
import type { DashboardsAnswer, DashboardsQuestion } from '../load/dashboards-process.ts'
import { compareWatched, sellWhileOpen, type ComparedWatched } from '../measure/compare-watched.ts'
import { sellSlice } from '../measure/sell-slice.ts'
import { spreadOf, type Spread } from '../measure/spread.ts'
import { benchModule, startOwnChild } from '../own-child.ts'

export interface DashboardsFigure extends ComparedWatched {
  readonly count: number
  readonly bytesPerSecondOfEach: Spread
}

const count = 100

/**
 * (k) The cost of a hundred open dashboards for the buyers of the same API process, since two processes of the same code can differ by more
 * than that. The dashboards are opened before a slice and closed after it. Undefined if this API has no such stream.
 */
export async function measureDashboards(ground: Ground): Promise<DashboardsFigure | undefined> {
  const api = await ground.startApi()
  const dashboards = await startOwnChild<DashboardsQuestion, DashboardsAnswer>(benchModule('load/dashboards-process'))
  const authorization = `Bearer ${ground.secrets.OPS_KEY}`
  const stream = { url: `${api.url}/v1/ops/stream`, authorization, count }
  const sell = () => sellSlice(ground, { servers: [api] })
  const bytesPerSecond: number[] = []

  async function sellWatched() {
    const { refusedStatus } = await dashboards.ask({ open: stream })
    if (refusedStatus !== undefined) throw new Error(`a dashboard was refused with ${refusedStatus}`)
    await settle()
    const slice = await sellWhileOpen({ sell, ask: () => dashboards.ask({}), count }, bytesPerSecond)
    await dashboards.ask({ close: true })
    return slice
  }

  try {
    if ((await dashboards.ask({ open: { ...stream, count: 1 } })).refusedStatus === 404) return undefined
    await dashboards.ask({ close: true })
    const compared = await compareWatched(ground, { warmUp: sell, open: sellWatched, none: sell })
    return { count, ...compared, bytesPerSecondOfEach: spreadOf(bytesPerSecond) }
  } finally {
    await dashboards.stop()
  }
}
