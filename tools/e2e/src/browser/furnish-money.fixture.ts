import type { Client } from '@flash-sale/contract/client'
import type { ItemView } from '@flash-sale/contract/sales'
import type { SimulatedPayments } from '@flash-sale/simulated-payments/start-simulated-payments'
import { eventually } from '@flash-sale/testing/eventually'
import type { PagesClient } from './pages-client.fixture.ts'

/** Nothing listens there, so a webhook endpoint there fails. */
const deafUrl = 'http://127.0.0.1:9/orders'

/** Opens a sale that asks for payment, in this currency. `price` is in its smallest unit. */
export async function openPayingSale(ops: Client, name: string, currency: string, price: number): Promise<ItemView> {
  const now = await ops.readTime()
  const nowMs = now.ok ? Date.parse(now.value.now) : Date.now()
  const created = await ops.createSale({
    name,
    opensAt: new Date(nowMs - 1_000).toISOString(),
    closesAt: new Date(nowMs + 3_600_000).toISOString(),
    payWithinSeconds: 900,
    currency,
    items: [{ sku: 'PAY-1', name, priceCents: price, total: 100, purchaseLimit: 5 }],
  })
  const [item] = created.ok ? created.value.items : []
  if (!item) throw new Error(`the sale ${name} was not created: ${JSON.stringify(created)}`)
  return item
}

/** Orders, and pays as a person does on the page of the simulated provider. Resolves when the order is paid. */
export async function buyAndPay(buyer: Client, itemId: number, quantity = 1): Promise<string> {
  const orderId = await order(buyer, itemId, quantity)
  const begun = await eventually(
    async () => {
      const payment = await buyer.beginPayment(orderId)
      if (!payment.ok) throw new Error(payment.problem.detail)
      return payment.value
    },
    { what: 'the payment to begin', timeoutMs: 30_000 },
  )
  await fetch(`${begun.url}/succeed`, { method: 'POST' })
  const isPaid = async () => {
    const read = await buyer.readOrder(orderId)
    return read.ok && read.value.status === 'paid'
  }
  await eventually(isPaid, { what: 'the order to be paid', timeoutMs: 30_000 })
  return orderId
}

/** Has money come for a payment that the service never began. */
export async function payUnknown({ url, secret }: SimulatedPayments, amount: number, currency: string): Promise<void> {
  const asked = { paymentId: crypto.randomUUID(), amount, currency, description: 'Another shop', payBy: laterThanNow() }
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
  const opened = await fetch(`${url}/payments`, { method: 'POST', headers, body: JSON.stringify(asked) })
  const payment = (await opened.json()) as { url: string }
  await fetch(`${payment.url}/succeed`, { method: 'POST' })
}

function laterThanNow(): string {
  return new Date(Date.now() + 600_000).toISOString()
}

export async function order(buyer: Client, itemId: number, quantity = 1): Promise<string> {
  const placed = await buyer.placeOrder({ itemId, quantity }, { idempotencyKey: crypto.randomUUID() })
  if (!placed.ok) throw new Error(`no order: ${placed.problem.detail}`)
  return placed.value.orderId
}

/** A sale with paid and unpaid orders, a refund, and a webhook endpoint that does not answer. */
export async function furnishMoney({ ops, buyer }: PagesClient): Promise<void> {
  const { itemId } = await openPayingSale(ops, 'Tea set', 'JPY', 12_800)
  await buyAndPay(buyer('viewer'), itemId)
  const refunded = await buyAndPay(buyer('another'), itemId, 2)
  await ops.refundOrder(refunded, {}, { reason: 'The parcel came back.' })
  await order(buyer('viewer'), itemId)
  await ops.createWebhookEndpoint({ url: deafUrl, description: 'Warehouse' })
  await order(buyer('third'), itemId)
}
