import { randomUUID } from 'node:crypto'
import { judgePayments, type ProviderBooks } from '@flash-sale/kit/judge-payments'
import { mutateFunction } from '@flash-sale/testing/mutate-function'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { settleLatePayment } from './due-payments.ts'
import { applyPayment, beginPayment } from './payments.ts'
import { createPayingItem, storeOrderToPay } from './payments.fixture.ts'
import { withTestDatabase } from './with-test-database.fixture.ts'

const own = withTestDatabase({ poolSizeMax: 6 })

const orderCount = 2
const provider = 'simulated'

/** What happens: to an order, or to the payment that was begun last but `back`. */
type Happening =
  | { readonly what: 'begin' | 'expire' | 'cancel'; readonly order: number }
  | { readonly what: 'pay'; readonly back: number; readonly amount: number }
  | { readonly what: 'tell' | 'tell a failure'; readonly back: number; readonly event: number }
  | { readonly what: 'settle'; readonly back: number; readonly isSoldOut: boolean }

const order = fc.nat(orderCount - 1)
const back = fc.nat(3)
const event = fc.nat(1)
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ what: fc.constant('begin' as const), order }) },
  fc.record({ what: fc.constantFrom('expire' as const, 'cancel' as const), order }),
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constant('pay' as const), back, amount: fc.constantFrom(200, 200, 199) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ what: fc.constantFrom('tell' as const, 'tell a failure' as const), back, event }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('settle' as const), back, isSoldOut: fc.boolean() }) },
)

/** A sale with its orders, and a provider whose money is the truth. */
async function openWorld() {
  const itemId = await createPayingItem(own.url, own.database)
  const store = (orderId?: string) => storeOrderToPay(own.database, itemId, orderId === undefined ? {} : { orderId })
  const orderIds = await Promise.all(Array.from({ length: orderCount }, () => store()))
  const begun: string[] = []
  /** What the provider took, by payment. */
  const taken = new Map<string, number>()
  const newOrders = new Map<string, string>()
  const ended = new Set<string>()
  const last = (n: number) => begun.at(-1 - n)

  function tell(paymentId: string, name: string, kind: 'succeeded' | 'failed', amount: number) {
    const told = { provider, eventId: `${paymentId} ${name}`, kind, paymentId, providerRef: 'ref', currency: 'EUR' }
    return applyPayment(own.database, { ...told, amount })
  }

  /** As the worker does with the ledger's answer: sold out, or the order becomes a row. */
  async function settle(paymentId: string, isSoldOut: boolean): Promise<void> {
    const newOrder = newOrders.get(paymentId) ?? randomUUID()
    newOrders.set(paymentId, newOrder)
    const settled = await settleLatePayment(own.database, paymentId, newOrder, isSoldOut ? 'SOLD_OUT' : undefined)
    if (settled !== 'waiting') return
    await store(newOrder).catch(() => undefined)
    await settleLatePayment(own.database, paymentId, newOrder, undefined)
  }

  async function end(orderId: string, status: string): Promise<void> {
    const [, count] = await own.database.$transaction([
      own.database.$executeRaw`SELECT FROM sale_items WHERE id = ${itemId} FOR NO KEY UPDATE`,
      own.database.$executeRaw`
        UPDATE orders SET status = ${status}::order_status WHERE id = ${orderId}::uuid AND status = 'confirmed'`,
    ])
    if (count === 1) ended.add(orderId)
  }

  async function happen(one: Happening): Promise<void> {
    if ('order' in one) {
      const orderId = orderIds[one.order]!
      if (one.what !== 'begin') return end(orderId, one.what === 'expire' ? 'expired' : 'cancelled')
      const paymentId = randomUUID()
      const open = await beginPayment(own.database, { orderId, buyer: 'ann', paymentId, provider })
      if (typeof open !== 'string' && open.paymentId === paymentId) begun.push(paymentId)
      return
    }
    const paymentId = last(one.back)
    if (paymentId === undefined) return
    const amount = taken.get(paymentId)
    if (one.what === 'pay') taken.set(paymentId, amount ?? one.amount)
    else if (one.what === 'settle') await settle(paymentId, one.isSoldOut)
    else if (one.what === 'tell a failure') await tell(paymentId, `failure ${one.event}`, 'failed', 200)
    else if (amount !== undefined) await tell(paymentId, `success ${one.event}`, 'succeeded', amount)
  }

  /** The provider repeats what was not told yet, and late money is settled. */
  async function comeToRest(): Promise<void> {
    for (const [paymentId, amount] of taken) await tell(paymentId, 'at last', 'succeeded', amount)
    for (const paymentId of taken.keys()) await settle(paymentId, false)
  }

  async function books(): Promise<ProviderBooks> {
    const rows = await own.database.refund.findMany({ where: { payment: { itemId } } })
    return {
      payments: [...taken].map(([paymentId, amount]) => ({ paymentId, amount, state: 'succeeded' })),
      refunds: rows.map(({ paymentId, amount }) => ({ paymentId, amount: Number(amount) })),
    }
  }

  /** No order goes back (I8). */
  function paidAfterTheirEnd(): Promise<unknown[]> {
    return own.database.order.findMany({ where: { id: { in: [...ended] }, status: 'paid' } })
  }

  return { happen, comeToRest, books, paidAfterTheirEnd }
}

/** Several things happen at the same instant, instant after instant; at rest the money is judged. */
async function violationsOf(instants: readonly (readonly Happening[])[]): Promise<string[]> {
  await own.database.$executeRaw`TRUNCATE payments, payment_events, refunds, orders, order_events`
  const world = await openWorld()
  for (const instant of instants) await Promise.all(instant.map(world.happen))
  await world.comeToRest()
  const found = await judgePayments(await world.books(), own.url)
  const goneBack = (await world.paidAfterTheirEnd()).map(() => 'an order that had ended is paid')
  return [...goneBack, ...found.map(({ fault, detail }) => `${fault}: ${detail}`)]
}

const instants = fc.array(fc.array(happening, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 10 })

test('whatever happens to payments and orders, at whatever instants, all money has paid one order or goes back once', async () => {
  const property = fc.asyncProperty(instants, async (given) => {
    expect(await violationsOf(given)).toEqual([])
  })
  await fc.assert(property, { numRuns: 60 })
}, 120_000)

test.each([
  ['apply_payment', 'money that came before'],
  ['apply_payment', 'pay without compare'],
  ['settle_late_payment', 'decided before'],
])(
  'mutant: %s without "%s" is convicted by the same happenings',
  async (name, guard) => {
    await mutateFunction(own.url, name, guard)
    try {
      const property = fc.asyncProperty(instants, async (given) => {
        expect(await violationsOf(given).catch((error: unknown) => [String(error)])).toEqual([])
      })
      const { failed } = await fc.check(property, { numRuns: 300, endOnFailure: true })
      expect(failed).toBe(true)
    } finally {
      await mutateFunction(own.url, name)
    }
  },
  120_000,
)
