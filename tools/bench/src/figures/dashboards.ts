import { setTimeout as sleep } from 'node:timers/promises'
import { settle, type Ground } from '../ground.ts'
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

/** An API keeps collecting frames this long after the last dashboard has gone. */
export const lingerMs = 11_000

/**
 * (k) The cost of a hundred open dashboards for the buyers of the same API process, since two processes of the same code can differ by more
 * than that. The dashboards are opened before a slice and closed after it. The next slice begins when the API has stopped collecting.
 * Undefined if this API has no such stream.
 */
export async function measureDashboards(ground: Ground): Promise<DashboardsFigure | undefined> {
  const { settings, say: onSlice, signal, secrets } = ground
  const api = await ground.startApi()
  const dashboards = await startOwnChild<DashboardsQuestion, DashboardsAnswer>(benchModule('load/dashboards-process'))
  const stream = { url: `${api.url}/v1/ops/stream`, authorization: `Bearer ${secrets.OPS_KEY}`, count }
  const sell = () => sellSlice(ground, { servers: [api] })
  const bytesPerSecond: number[] = []

  async function sellWatched(): Promise<Awaited<ReturnType<typeof sell>>> {
    const { refusedStatus } = await dashboards.ask({ open: stream })
    if (refusedStatus !== undefined) throw new Error(`a dashboard was refused with ${refusedStatus}`)
    await settle()
    const [before, startedAtMs] = [await dashboards.ask({}), performance.now()]
    const slice = await sell()
    const after = await dashboards.ask({})
    const seconds = (performance.now() - startedAtMs) / 1_000
    if (after.openCount !== count) throw new Error(`${count - after.openCount} dashboards were closed`)
    bytesPerSecond.push((after.byteCount - before.byteCount) / seconds / count)
    await dashboards.ask({ close: true })
    return slice
  }

  try {
    if ((await dashboards.ask({ open: { ...stream, count: 1 } })).refusedStatus === 404) return undefined
    await dashboards.ask({ close: true })
    for (let round = 0; round < settings.warmUpRounds; round += 1) {
      onSlice('warming up')
      await sell()
    }
    const slices = await interleave(
      {
        without: async () => {
          await sleep(lingerMs, undefined, { signal })
          return sell()
        },
        with: sellWatched,
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
      bytesPerSecondOfEach: spreadOf(bytesPerSecond),
    }
  } finally {
    await dashboards.stop()
  }
}
