import type { OrderStatus } from '@flash-sale/contract/order-statuses'
import { check, sleep } from 'k6'
import exec from 'k6/execution'
import { Trend } from 'k6/metrics'
import { steadyArrivals } from '../k6/arrivals.ts'
import { judged } from '../k6/judged.ts'
import { createOrdering } from '../k6/orders.ts'
import { hotItem, tokenOf } from '../k6/plan.ts'
import { readOrder, type OrderRead } from '../k6/read-order.ts'

export { handleSummary } from '../k6/judged.ts'

const visitMs = 1_000
const lookEveryS = 0.2
const confirmedWithinMs = 5_000
const asksAgainOfTen = 1

/** The meaning of each status in this scenario, in which nobody pays or cancels, and no order expires. */
const stages = {
  accepted: 'waiting',
  confirmed: 'stored',
  paid: 'wrong',
  cancelled: 'wrong',
  expired: 'wrong',
  rejected: 'wrong',
} as const satisfies Record<OrderStatus, string>

const { buy, place } = createOrdering([])
const confirmDuration = new Trend('confirm_duration', true)

export const options = judged(
  { buyers: { ...steadyArrivals(visitMs), exec: 'buyAndFollow' } },
  { confirm_duration: [`p(99)<${confirmedWithinMs}`] },
)

export function buyAndFollow(): void {
  const visit = exec.scenario.iterationInTest
  const order = { token: tokenOf(visit), itemId: hotItem.itemId, quantity: 1, key: `soak-${visit}` }
  const bought = buy(order)
  if (!('orderId' in bought)) return
  follow(bought.orderId, order.token)
  if (visit % 10 >= asksAgainOfTen) return
  const again = place(order)
  check(again, {
    'a retry gives the same order, also once it is confirmed': (answer) =>
      answer.kind === 'replayed' && answer.orderId === bought.orderId,
  })
}

/** Reads the order until it is stored. */
function follow(orderId: string, token: string): void {
  const sinceMs = Date.now()
  for (;;) {
    const stage = stageOf(readOrder(orderId, token))
    check(null, { 'an accepted order can be read': () => stage !== 'wrong' })
    const waitedMs = Date.now() - sinceMs
    if (stage !== 'waiting' || waitedMs > confirmedWithinMs) {
      confirmDuration.add(waitedMs)
      break
    }
    sleep(lookEveryS)
  }
  const after = readOrder(orderId, token)
  check(after, { 'and never goes back': (read) => stageOf(read) === 'stored' && read.body?.number !== undefined })
}

function stageOf({ status, body }: OrderRead): (typeof stages)[OrderStatus] {
  return status === 200 && body?.status ? (stages[body.status] ?? 'wrong') : 'wrong'
}
