import { setTimeout as sleep } from 'node:timers/promises'
import type { Point } from '../strategies/points.ts'
import type { Actor, Sale } from './stage.ts'

/** Buyers ask, one after the other, until one is not sent away. */
export async function asksUntilSold(actor: Actor, asksMax: number): Promise<void> {
  for (let asks = 0; asks < asksMax; asks += 1) {
    if ((await actor.sells().answer) !== 'gave up') return
  }
}

/** A new sale of the process, when it stands at the point. */
export async function standsAt(actor: Actor, point: Point): Promise<Sale> {
  const sale = actor.sells(point)
  await sale.reaches(point)
  return sale
}

/** The process runs again, and its sale goes on. */
export function wake(actor: Actor, sale: Sale): void {
  actor.resume()
  sale.goOn()
}

/** Whether it came about in time. */
export async function soon(event: Promise<unknown>, withinMs: number): Promise<boolean> {
  const timer = new AbortController()
  const late = sleep(withinMs, false, { signal: timer.signal }).catch(() => false)
  const came = event.then(
    () => true,
    () => false,
  )
  try {
    return await Promise.race([came, late])
  } finally {
    timer.abort()
  }
}
