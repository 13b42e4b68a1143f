import { randomUUID } from 'node:crypto'
import { OrderAccepted } from '@flash-sale/contract/orders'
import { applyPayment, beginPayment } from '@flash-sale/database/payments'
import { createSimulatedProvider } from '@flash-sale/payments/simulated-provider'
import { createOrderWorker } from '@flash-sale/queue/order-queue'
import { createLogger } from '@flash-sale/runtime/logger'
import { closeRedis, connectRedis } from '@flash-sale/runtime/redis'
import { startSimulatedPayments } from '@flash-sale/simulated-payments/start-simulated-payments'
import { deriveOrderId } from '@flash-sale/stock/order-id'
import { eventually } from '@flash-sale/testing/eventually'
import { startFaultProxy } from '@flash-sale/testing/fault-proxy'
import type { TestStores } from '@flash-sale/testing/start-test-stores'
import { createWebhookSecret } from '@flash-sale/webhooks/webhook-secret'
import { Webhook } from 'standardwebhooks'
import { expectSuccess } from '../testing/expect-answer.fixture.ts'
import { persistWaiting } from '../testing/persist-waiting.fixture.ts'
import { listenOnFreePort } from '../testing/raw-http.fixture.ts'
import { startTestApi, type TestApi } from '../testing/start-test-api.fixture.ts'

/** The world of the recipes: an API whose stores answer, an API whose stores are away, and the data in the stores. */
export interface World {
  readonly api: TestApi
  readonly port: number
  readonly awayPort: number
  /** The port of an API without a payment provider. */
  readonly offPort: number
  /** Values for `{saleId}` and the like in a path. */
  readonly existing: Readonly<Record<string, string | number>>
  /** Puts one more order into quarantine; returns its id there. */
  readonly quarantine: () => Promise<number>
  /** One more confirmed order of ann, in a sale that asks for payment; returns its id. */
  readonly confirmOrder: () => Promise<string>
  /** The same, paid. */
  readonly payOrder: () => Promise<string>
  /** The headers of a webhook with this body. */
  readonly signWebhook: (body: unknown) => Record<string, string>
  /** Has one more job fail for good; returns its id. */
  readonly failJob: () => Promise<string>
  /** Stores one more webhook endpoint; returns its id. */
  readonly endpoint: () => Promise<number>
  /** Stores one more dead letter; returns its id. */
  readonly deadLetter: () => Promise<number>
  /** Has money come once more for no payment of ours; returns its id. */
  readonly unknownMoney: () => Promise<number>
  readonly close: () => Promise<void>
}

/** Starts both APIs on these stores, and stores the data that the calls ask for. */
export async function startWorld(stores: TestStores): Promise<World> {
  const simulated = await startSimulatedPayments()
  const payments = { provider: createSimulatedProvider(simulated) }
  const api = await startTestApi(stores, { devTokens: true, payments })
  const redisNetwork = await startFaultProxy(portOf(stores.redis.url))
  const postgresNetwork = await startFaultProxy(portOf(stores.database.url))
  const away = await startTestApi(stores, {
    devTokens: true,
    payments,
    deadlineMs: 500,
    redisUrl: throughPort(stores.redis.url, redisNetwork.port),
    databaseUrl: throughPort(stores.database.url, postgresNetwork.port),
  })
  const off = await startTestApi(stores, { payments: 'OFF' })
  const { itemId, saleId } = await api.createItem({ total: 1_000, purchaseLimit: 1_000 })
  const { orderId } = expectSuccess(await api.order('ann', { itemId, quantity: 1 }), 202, OrderAccepted)
  let lastJob = 0
  const failNext = () => failJob(stores, api, `1700000000000-${(lastJob += 1)}`)
  const jobId = await failNext()
  const quarantine = () => quarantineOrder(api, itemId)
  const quarantineId = await quarantine()
  const name = '77'
  await api.stores.redis.hset(`{item:${itemId}}:aside:${name}:orders`, '\0', '-')
  const endpoint = () => storeEndpoint(api)
  const endpointId = await endpoint()
  const deadLetter = () => storeDeadLetter(api, endpointId)
  const deadLetterId = await deadLetter()
  const unknownMoney = () => storeUnknownMoney(api)
  const unknownMoneyId = await unknownMoney()
  const confirmOrder = () => confirmPayableOrder(api)
  const payOrder = async () => payNow(api, await confirmOrder())
  const signWebhook = (body: unknown) => signed(simulated.secret, body)
  const [port, awayPort, offPort] = await Promise.all([
    listenOnFreePort(api.app),
    listenOnFreePort(away.app),
    listenOnFreePort(off.app),
  ])
  redisNetwork.refuse()
  postgresNetwork.refuse()
  const close = async () => {
    redisNetwork.accept()
    postgresNetwork.accept()
    await Promise.all([api.close(), away.close(), off.close(), simulated.close()])
    await Promise.all([redisNetwork.close(), postgresNetwork.close()])
  }
  return {
    api,
    port,
    awayPort,
    offPort,
    existing: {
      itemId,
      saleId,
      orderId,
      jobId,
      quarantineId,
      name,
      provider: 'simulated',
      endpointId,
      deadLetterId,
      unknownMoneyId,
    },
    quarantine,
    endpoint,
    deadLetter,
    unknownMoney,
    confirmOrder,
    payOrder,
    signWebhook,
    failJob: failNext,
    close,
  }
}

function portOf(url: string): number {
  return Number(new URL(url).port)
}

function throughPort(url: string, port: number): string {
  const through = new URL(url)
  through.port = String(port)
  return through.href
}

async function quarantineOrder({ stores }: TestApi, itemId: number): Promise<number> {
  const { uuid } = deriveOrderId(itemId, 'ann', undefined)
  const order = { orderId: uuid, buyer: 'ann', quantity: 1, acceptedAtMs: 1_700_000_000_000 }
  const payload = Buffer.from(JSON.stringify(order)).toString('base64')
  const data = { itemId, orderId: uuid, payload, sqlState: '23514', message: 'a check' }
  return Number((await stores.database.quarantine.create({ data })).id)
}

/** At an address of this machine at which nothing listens. */
async function storeEndpoint({ stores }: TestApi): Promise<number> {
  const data = { url: 'http://127.0.0.1:9/hooks', secret: createWebhookSecret(), position: 0n }
  return (await stores.database.webhookEndpoint.create({ data })).id
}

async function storeDeadLetter({ stores }: TestApi, endpointId: number): Promise<number> {
  const number = BigInt(await stores.database.webhookDeadLetter.count()) + 1n
  const data = { endpointId, number, eventId: 'an-order.paid', failure: 'It answered 422.', tryCount: 7 }
  return Number((await stores.database.webhookDeadLetter.create({ data })).id)
}

async function storeUnknownMoney({ stores }: TestApi): Promise<number> {
  const told = { provider: 'simulated', eventId: randomUUID(), kind: 'succeeded', outcome: 'unknown' }
  const { number } = await stores.database.paymentEvent.create({ data: { ...told, amount: 1n, currency: 'EUR' } })
  return Number(number)
}

async function confirmPayableOrder(api: TestApi): Promise<string> {
  const { itemId } = await api.createItem({}, { payWithinSeconds: 600, currency: 'EUR' })
  const { orderId } = expectSuccess(await api.order('ann', { itemId, quantity: 1 }), 202, OrderAccepted)
  await persistWaiting(api.stores, itemId)
  return orderId
}

async function payNow({ stores }: TestApi, orderId: string): Promise<string> {
  const provider = 'simulated'
  const open = await beginPayment(stores.database, { orderId, buyer: 'ann', paymentId: randomUUID(), provider })
  if (typeof open === 'string') throw new Error(`the payment did not begin: ${open}`)
  const { paymentId, amount, currency } = open
  const told = { provider, eventId: paymentId, kind: 'succeeded', paymentId, providerRef: 'ref', currency } as const
  await applyPayment(stores.database, { ...told, amount: Number(amount) })
  return orderId
}

function signed(secret: string, body: unknown): Record<string, string> {
  const at = new Date()
  return {
    'webhook-id': 'evt-1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign('evt-1', at, JSON.stringify(body)),
  }
}

/** Makes a job that failed for good. Returns its id. */
async function failJob(stores: TestStores, { queue }: TestApi, entryId: string): Promise<string> {
  const logger = createLogger({ name: 'worker', level: 'silent' })
  const redis = connectRedis({ url: stores.redis.url, role: 'queue-worker', logger })
  const worker = createOrderWorker(
    redis,
    1,
    () => Promise.reject(new Error('not today')),
    () => undefined,
  )
  const jobId = `7-1-${entryId}`
  await queue.add('persist', { itemId: 7, epoch: 1, entryId }, { jobId, attempts: 1 })
  await eventually(async () => (await queue.getJob(jobId))?.isFailed(), { what: 'the job to fail' })
  await worker.close()
  await closeRedis(redis)
  return jobId
}
