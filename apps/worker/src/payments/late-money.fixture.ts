import { randomUUID } from 'node:crypto'
import { expireDueOrders } from '@flash-sale/database/end-orders'
import { applyPayment, beginPayment, keepOpened, type Applied } from '@flash-sale/database/payments'
import { createSimulatedProvider } from '@flash-sale/payments/simulated-provider'
import { startSimulatedPayments, type SimulatedPayments } from '@flash-sale/simulated-payments/start-simulated-payments'
import { silentLogger } from '@flash-sale/testing/open-stores'
import type { Shop } from '@flash-sale/testing/open-shop'
import { newSale, setUpBench, type Bench, type TestSale } from '@flash-sale/testing/test-sale'
import { giveBack } from '@flash-sale/upkeep/give-back'
import { rebuildItem } from '@flash-sale/upkeep/rebuild-item'
import { drainItem } from '../drain-item.ts'
import { startPayments, type PaymentWork } from './start-payments.ts'

/** An item of a sale that asks for payment, in both stores, with a provider of payments. */
export interface PayingSale extends TestSale {
  readonly shop: Shop
  readonly simulated: SimulatedPayments
  readonly drain: () => Promise<void>
  /** Places an order of one unit, persists it and begins its payment. */
  readonly order: (buyer: string) => Promise<{ readonly orderId: string; readonly paymentId: string }>
  /** Lets the time to pay of an order be over: it expires, and its unit is for sale again. */
  readonly expire: (orderId: string) => Promise<void>
  /** The provider takes the money, and tells it here, as a webhook would. */
  readonly pay: (paymentId: string, how?: { amount?: number }) => Promise<Applied>
  readonly startWork: () => PaymentWork
  readonly close: () => Promise<void>
}

export async function setUpPayingSale(total: number): Promise<PayingSale & { readonly bench: Bench }> {
  const [bench, simulated] = await Promise.all([setUpBench(), startSimulatedPayments()])
  const { redis, database, locks } = bench.stores
  const provider = createSimulatedProvider(simulated)
  const sale = await newSale(bench, { total, purchaseLimit: 1 })
  const { itemId } = sale
  await database.$executeRaw`UPDATE sale_items SET pay_within_seconds = 600 WHERE id = ${itemId}`
  await database.$executeRaw`UPDATE sales SET pay_within_seconds = 600, currency = 'EUR'`
  await rebuildItem(bench.stores, itemId, { waitMs: 5_000, onlyIfUnsound: true })
  const shop = await sale.openShop()
  const never = new AbortController().signal
  const drain = () => drainItem({ redis, database, locks, logger: silentLogger, signal: never }, itemId)

  return {
    ...sale,
    bench,
    shop,
    simulated,
    drain,
    async order(buyer) {
      const { orderId = '' } = await shop.place({ buyer, key: randomUUID(), quantity: 1 })
      await drain()
      const asked = { orderId, buyer, paymentId: randomUUID(), provider: provider.name }
      const begun = await beginPayment(database, asked)
      if (typeof begun === 'string') throw new Error(`the payment did not begin: ${begun}`)
      const { paymentId, amount, currency, payBy, createdAt } = begun
      const asProviderTakesIt = { paymentId, orderId, amount: Number(amount), currency, payBy, begunAt: createdAt }
      await keepOpened(database, paymentId, await provider.open({ ...asProviderTakesIt, description: 'An order' }))
      return { orderId, paymentId }
    },
    async expire(orderId) {
      await database.order.update({ where: { id: orderId }, data: { dueAt: new Date(0) } })
      await expireDueOrders(database, itemId, 10)
      await giveBack(bench.stores, itemId)
    },
    async pay(paymentId, how = {}) {
      simulated.pay(paymentId, { ...how, times: 0 })
      const read = await provider.read(simulated.books.findById(paymentId)!.ref)
      if (read.kind === 'open') throw new Error('the payment is open')
      return applyPayment(database, { ...read, provider: provider.name, eventId: randomUUID() })
    },
    startWork: () =>
      startPayments({ redis, database, provider, logger: silentLogger, drain, mayMend: () => true, lookEveryMs: 20 }),
    async close() {
      await simulated.close()
      await bench.close()
    },
  }
}
