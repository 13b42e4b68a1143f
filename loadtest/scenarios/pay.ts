import { check, sleep } from 'k6'
import exec from 'k6/execution'
import { Counter, Trend } from 'k6/metrics'
import { steadyArrivals } from '../k6/arrivals.ts'
import { judged } from '../k6/judged.ts'
import { availableOf } from '../k6/operate.ts'
import { createOrdering } from '../k6/orders.ts'
import { beginPayment, cancelOrder, pressPay } from '../k6/paying.ts'
import { hotItem, tokenOf } from '../k6/plan.ts'
import { readOrder } from '../k6/read-order.ts'

export { handleSummary } from '../k6/judged.ts'

/** Longer than the time to pay, so that buyers who went without see units of buyers who left come back. */
const comesBackForS = 12
const looksEveryS = 1
const paidWithinMs = 10_000
const lookEveryS = 0.2

const { buy } = createOrdering(['SOLD_OUT', 'LIMIT_REACHED'])
const paid = new Counter('paid_orders')
const left = new Counter('left_orders')
const cancelled = new Counter('cancelled_orders')
const cameBack = new Counter('came_back_orders')
/** From the button of the pay page until the order was seen paid. */
const payDuration = new Trend('pay_duration', true)

export const options = judged(
  { buyers: { ...steadyArrivals(comesBackForS * 1_000), exec: 'press' } },
  {
    paid_orders: ['count>0'],
    left_orders: ['count>0'],
    cancelled_orders: ['count>0'],
    came_back_orders: ['count>0'],
    refused_SOLD_OUT: ['count>0'],
    pay_duration: [`p(99)<${paidWithinMs}`],
  },
)

/** Of ten buyers who get an order six pay, two leave it and two cancel it. Buyers who went without come back, and pay. */
export function press(): void {
  const buyer = exec.scenario.iterationInTest
  const order = { token: tokenOf(buyer), itemId: hotItem.itemId, quantity: 1, key: `pay-${buyer}` }
  const bought = buy(order)
  if (!('orderId' in bought)) return comeBack(buyer)
  const choice = buyer % 10
  if (choice < 6) pay(bought.orderId, order.token)
  else if (choice < 8) left.add(1)
  else cancel(bought.orderId, order.token)
}

function comeBack(buyer: number): void {
  const token = tokenOf(buyer)
  for (let look = 1; look <= comesBackForS / looksEveryS; look += 1) {
    sleep(looksEveryS * (0.5 + Math.random()))
    if (!availableOf(hotItem.itemId)) continue
    const bought = buy({ token, itemId: hotItem.itemId, quantity: 1, key: `back-${buyer}-${look}` })
    if (!('orderId' in bought)) continue
    cameBack.add(1)
    return pay(bought.orderId, token)
  }
}

function pay(orderId: string, token: string): void {
  const begun = beginPayment(orderId, token)
  // On a busy machine the time to pay may be over: the order is one that was left.
  if (begun.kind === 'ended') return left.add(1)
  check(begun, { 'a payment begins': ({ kind }) => kind === 'done' })
  if (begun.kind !== 'done') return
  pressPay(begun.value)
  const sinceMs = Date.now()
  while (readOrder(orderId, token).body?.status !== 'paid' && Date.now() - sinceMs < paidWithinMs) sleep(lookEveryS)
  payDuration.add(Date.now() - sinceMs)
  check(readOrder(orderId, token), { 'an order with money in time is paid': ({ body }) => body?.status === 'paid' })
  paid.add(1)
}

function cancel(orderId: string, token: string): void {
  const done = cancelOrder(orderId, token)
  if (done.kind === 'ended') return left.add(1)
  check(done, { 'an order is cancelled': (answer) => answer.kind === 'done' && answer.value === 'cancelled' })
  check(cancelOrder(orderId, token), { 'and again, which changes nothing': ({ kind }) => kind === 'done' })
  cancelled.add(1)
}
