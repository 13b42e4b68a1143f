import { openStand } from './ground/stand.ts'
import { leaseMs, waitMs, type TrialGround } from './run-trial.ts'
import type { LoadReport } from './seller/messages.ts'
import type { Store } from './seller/watch-commands.ts'
import type { Row } from './field.ts'

/** The results of a strategy under load, without a fault. */
export interface Load {
  readonly processes: number
  readonly ordersPerSecond: number
  readonly p99Ms: number
  readonly sold: number
  readonly gaveUp: number
  /** Units that were sold twice, which happens without a lock. */
  readonly oversold: number
  /** Requests of the selling processes for each order. */
  readonly requests: Readonly<Record<Store, number>>
}

/** More than any strategy sells. */
const stock = 10_000_000
/** Buyers at the same time, over all processes. */
const loadLanes = 16
const loadMs = 400
const warmUpMs = 200

/** Lets 16 buyers at a time ask as fast as they get answers, half of them at each of two processes. */
export async function runLoadOf(row: Row, { ground, pool, seed, signal }: TrialGround): Promise<Load> {
  signal.throwIfAborted()
  const processes = row.oneProcess ? 1 : 2
  const withMasters = row.needsMasters ?? false
  const stand = await openStand(ground, row.books, { stock, needs: 'nothing', withMasters })
  const sellers = await pool.take(processes)
  const breakOff = () => {
    for (const seller of sellers) seller.kill('SIGKILL')
  }
  signal.addEventListener('abort', breakOff)
  try {
    const settings = { ...stand.settings, strategy: row.id, leaseMs, waitMs, traced: false, seed }
    await Promise.all(sellers.map((seller) => seller.open(settings)))
    const load = { lanes: loadLanes / processes, warmUpMs, forMs: loadMs }
    const reports = await Promise.all(sellers.map((seller) => seller.load(load)))
    const unitsLeft = (await stand.unitsLeft()) ?? stock
    await Promise.all(sellers.map((seller) => seller.close()))
    for (const seller of sellers) pool.giveBack(seller)
    return summed(reports, stock - unitsLeft)
  } finally {
    signal.removeEventListener('abort', breakOff)
    await stand.close()
  }
}

function summed(reports: readonly LoadReport[], taken: number): Load {
  const sum = (of: (report: LoadReport) => number) => reports.reduce((total, report) => total + of(report), 0)
  const latencies = reports.flatMap(({ latenciesMs }) => latenciesMs).toSorted((a, b) => a - b)
  const sold = sum((report) => report.sold)
  const perOrder = (store: Store) => sum(({ requests }) => requests[store]) / Math.max(1, sold)
  return {
    processes: reports.length,
    ordersPerSecond: Math.round((latencies.length / loadMs) * 1_000),
    p99Ms: latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN,
    sold,
    gaveUp: sum((report) => report.gaveUp),
    oversold: Math.max(0, sold - taken),
    requests: { redis: perOrder('redis'), sql: perOrder('sql'), zookeeper: perOrder('zookeeper') },
  }
}
