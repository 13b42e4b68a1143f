import { OrderAccepted, OrderView } from '@flash-sale/contract/orders'
import { PaymentBegun } from '@flash-sale/contract/payments'
import type { CreateSaleBody } from '@flash-sale/contract/ops'
import type { ItemView } from '@flash-sale/contract/sales'
import { createSimulatedProvider } from '@flash-sale/payments/simulated-provider'
import { startSimulatedPayments, type SimulatedPayments } from '@flash-sale/simulated-payments/start-simulated-payments'
import { duringTests } from '@flash-sale/testing/during-tests'
import { buyerToken } from '@flash-sale/testing/test-tokens'
import { startTestStores, type TestStores } from '@flash-sale/testing/start-test-stores'
import type { LightMyRequestResponse as Response } from 'fastify'
import { expectSuccess } from '../testing/expect-answer.fixture.ts'
import { persistWaiting } from '../testing/persist-waiting.fixture.ts'
import { listenOnFreePort } from '../testing/raw-http.fixture.ts'
import { startTestApi, type TestApi } from '../testing/start-test-api.fixture.ts'

/** An API with the simulated payment provider, which tells it of payments over HTTP. */
export interface PayingApi {
  readonly stores: TestStores
  readonly api: TestApi
  readonly simulated: SimulatedPayments
  /** An item of a sale that asks for payment. */
  readonly createItem: (sale?: Partial<CreateSaleBody>, total?: number) => Promise<ItemView>
  /** Places an order and persists it, as a worker does. Returns its id. */
  readonly confirm: (itemId: number, buyer: string, quantity?: number) => Promise<string>
  readonly ask: (orderId: string, buyer: string) => Promise<Response>
  readonly begin: (orderId: string, buyer: string) => Promise<PaymentBegun>
  readonly statusOf: (orderId: string, buyer: string) => Promise<string>
}

/** The API of all tests of a file. */
export function withPayingApi(): PayingApi {
  let stop: (() => Promise<void>) | undefined
  return duringTests(
    async () => {
      const [stores, simulated] = await Promise.all([startTestStores(), startSimulatedPayments()])
      const provider = createSimulatedProvider(simulated)
      const api = await startTestApi(stores, { payments: { provider }, shopUrl: 'https://shop.example' })
      simulated.tellTo(`http://127.0.0.1:${await listenOnFreePort(api.app)}`)
      stop = async () => {
        await simulated.close()
        await api.close()
        await stores.stop()
      }
      return { stores, api, simulated, ...wordsFor(api) }
    },
    async () => stop?.(),
  )
}

function wordsFor(api: TestApi): Pick<PayingApi, 'createItem' | 'confirm' | 'ask' | 'begin' | 'statusOf'> {
  const ask = (orderId: string, buyer: string) =>
    api.app.inject({
      method: 'POST',
      url: `/v1/orders/${orderId}/payments`,
      headers: { authorization: `Bearer ${buyerToken(buyer)}` },
    })
  return {
    createItem: (sale = {}, total = 100) =>
      api.createItem({ total, priceCents: 12_900 }, { payWithinSeconds: 600, currency: 'EUR', ...sale }),
    async confirm(itemId, buyer, quantity = 1) {
      const { orderId } = expectSuccess(await api.order(buyer, { itemId, quantity }), 202, OrderAccepted)
      await persistWaiting(api.stores, itemId)
      return orderId
    },
    ask,
    begin: async (orderId, buyer) => expectSuccess(await ask(orderId, buyer), 200, PaymentBegun),
    statusOf: async (orderId, buyer) => expectSuccess(await api.readOrder(buyer, orderId), 200, OrderView).status,
  }
}
