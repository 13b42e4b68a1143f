import { settle, whileFrozen, type Ground } from '../ground.ts'
import type { DashboardsAnswer, DashboardsQuestion } from '../load/dashboards-process.ts'
import { interleave } from '../measure/interleave.ts'
import { sellSlice } from '../measure/sell-slice.ts'
import { ratioOf, spreadOf, type Spread } from '../measure/spread.ts'
import { benchModule, startOwnChild } from '../own-child.ts'

export interface DashboardsFigure {
  readonly count: number
  /** Accepting with the dashboards open against without. */
  readonly ofNone: Spread
  /** The same, CPU of the API an order. */
  readonly apiCpuOfNone?: Spread
  readonly bytesPerSecondOfEach: Spread
}

const count = 100

/**
 * (k) What a hundred open dashboards cost the buyers. One API has them all the time and another has none: each is stopped while the
 * other is pressed. Undefined when this API has no such stream.
 */
export async function measureDashboards(ground: Ground): Promise<DashboardsFigure | undefined> {
  const { settings, say: onSlice, signal, secrets } = ground
  const [alone, watched] = [await ground.startApi(), await ground.startApi()]
  const dashboards = await startOwnChild<DashboardsQuestion, DashboardsAnswer>(benchModule('load/dashboards-process'))
  try {
    const stream = { url: `${watched.url}/v1/ops/stream`, authorization: `Bearer ${secrets.OPS_KEY}` }
    const { refusedStatus } = await dashboards.ask({ open: { ...stream, count } })
    if (refusedStatus === 404) return undefined
    if (refusedStatus !== undefined) throw new Error(`a dashboard was refused with ${refusedStatus}`)
    const bytesPerSecond: number[] = []
    const slices = await interleave(
      {
        without: () => whileFrozen(watched, () => sellSlice(ground, { servers: [alone] })),
        with: () =>
          whileFrozen(alone, async () => {
            await settle()
            const [before, startedAtMs] = [await dashboards.ask({}), performance.now()]
            const slice = await sellSlice(ground, { servers: [watched] })
            const after = await dashboards.ask({})
            const seconds = (performance.now() - startedAtMs) / 1_000
            if (after.openCount !== count) throw new Error(`${count - after.openCount} dashboards were closed`)
            bytesPerSecond.push((after.byteCount - before.byteCount) / seconds / count)
            return slice
          }),
      },
      { ...settings, signal, onSlice },
    )
    const cpu = [slices.with, slices.without].map((own) => own.flatMap((slice) => slice.cpuMicros.api ?? []))
    return {
      count,
      ofNone: ratioOf(
        slices.with.map((slice) => slice.perSecond),
        slices.without.map((slice) => slice.perSecond),
      ),
      ...(cpu[0]!.length > 0 && { apiCpuOfNone: ratioOf(cpu[0]!, cpu[1]!) }),
      bytesPerSecondOfEach: spreadOf(bytesPerSecond),
    }
  } finally {
    await dashboards.stop()
  }
}
