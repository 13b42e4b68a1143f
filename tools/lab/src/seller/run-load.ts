import type { Sell } from '../strategies/strategy.ts'
import type { LoadReport } from './messages.ts'
import type { Store } from './watch-commands.ts'

export interface LoadOptions {
  /** Buyers at a time. In each lane one comes after the other. */
  readonly lanes: number
  readonly warmUpMs: number
  readonly forMs: number
  /** The watcher of the process raises these counts. */
  readonly requests: Record<Store, number>
}

/** Sells as fast as possible, and measures. Waits for every sale that began. */
export async function runLoad(sell: Sell, { lanes, warmUpMs, forMs, requests }: LoadOptions): Promise<LoadReport> {
  const beganAtMs = performance.now()
  const measuresFromMs = beganAtMs + warmUpMs
  const untilMs = measuresFromMs + forMs
  const total = { sold: 0, soldOut: 0, gaveUp: 0 }
  const latenciesMs: number[] = []
  const before = { ...requests }
  let buyers = 0
  async function lane(): Promise<void> {
    while (performance.now() < untilMs) {
      buyers += 1
      const askedAtMs = performance.now()
      const outcome = await sell(`${process.pid}-${buyers}`)
      const answeredAtMs = performance.now()
      if (outcome === 'sold') total.sold += 1
      else if (outcome === 'sold out') total.soldOut += 1
      else total.gaveUp += 1
      const counts = outcome === 'sold' && answeredAtMs >= measuresFromMs && answeredAtMs <= untilMs
      if (counts) latenciesMs.push(Math.round((answeredAtMs - askedAtMs) * 100) / 100)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  const sent = Object.entries(requests).map(([store, count]) => [store, count - before[store as Store]])
  return { ...total, latenciesMs, measuredMs: forMs, requests: Object.fromEntries(sent) }
}
