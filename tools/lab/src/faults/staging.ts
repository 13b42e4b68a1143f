import { setTimeout as sleep } from 'node:timers/promises'
import type { Point } from '../strategies/points.ts'
import type { Actor, Sale } from './stage.ts'

/** Lets buyers ask one after the other, until one is not refused. */
export async function asksUntilSold(actor: Actor, asksMax: number): Promise<void> {
  for (let asks = 0; asks < asksMax; asks += 1) {
    if ((await actor.sells().answer) !== 'gave up') return
  }
}

/** Starts a sale of the process. Resolves when it waits at the point. */
export async function standsAt(actor: Actor, point: Point): Promise<Sale> {
  const sale = actor.sells(point)
  await sale.reaches(point)
  return sale
}

/** Continues the process and its sale. */
export function wake(actor: Actor, sale: Sale): void {
  actor.resume()
  sale.goOn()
}

/** Whether the event happened in time. */
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
