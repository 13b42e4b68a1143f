import type { LiveItem, LiveTroubles, OpsFrame } from '@flash-sale/contract/live'
import { eventually } from '@flash-sale/testing/eventually'
import { testOpsKey } from '@flash-sale/testing/test-tokens'
import { expect, onTestFinished, test } from 'vitest'
import { withPayingApi } from '../payments/paying-api.fixture.ts'
import { openStream } from '../testing/open-stream.fixture.ts'
import { listenOnFreePort } from '../testing/raw-http.fixture.ts'
import { startTestApi } from '../testing/start-test-api.fixture.ts'

const paying = withPayingApi()

async function watch() {
  const api = await startTestApi(paying.stores)
  const url = `http://127.0.0.1:${await listenOnFreePort(api.app)}/v1/ops/stream`
  const stream = await openStream(url, { bearer: testOpsKey })
  onTestFinished(async () => {
    stream.leave()
    await api.close()
  })
  const frames = () => stream.events.filter(({ name }) => name === 'frame').map(({ data }) => data as OpsFrame)
  const itemIs = (itemId: number, numbers: Partial<LiveItem>) =>
    eventually(
      () =>
        expect(
          frames()
            .flatMap(({ items }) => items.filter((item) => item.itemId === itemId))
            .at(-1),
        ).toMatchObject(numbers),
      { what: `the item to be ${JSON.stringify(numbers)}` },
    )
  const troublesAre = (troubles: Partial<LiveTroubles>) =>
    eventually(() => expect(frames().at(-1)?.troubles).toMatchObject(troubles), {
      what: `the troubles to be ${JSON.stringify(troubles)}`,
    })
  return { itemIs, troublesAre }
}

test('operators see which units wait for payment, which are paid, and which are on their way back', async () => {
  const { itemId } = await paying.createItem({ currency: 'JPY' }, 10)
  const { itemIs } = await watch()
  await itemIs(itemId, { asksForPayment: true, currency: 'JPY', available: 10, paidUnits: 0, returningUnits: 0 })
  const orderId = await paying.confirm(itemId, 'ann', 2)
  await paying.confirm(itemId, 'bob')
  await itemIs(itemId, { available: 7, confirmedUnits: 3, paidUnits: 0 })
  const { paymentId } = await paying.begin(orderId, 'ann')
  paying.simulated.pay(paymentId)
  await itemIs(itemId, { available: 7, confirmedUnits: 1, paidUnits: 2, returningUnits: 0 })

  // Nobody gives units back here: that is the work of the API that cancels, and of the worker.
  await paying.api.stores.database.saleItem.update({
    where: { id: itemId },
    data: { persisted: { decrement: 1 }, returningUnits: 1 },
  })
  await itemIs(itemId, { available: 7, returningUnits: 1, outboxUnits: 0 })
})

test('a sale that asks for no payment has no paid units', async () => {
  const { itemId } = await paying.api.createItem({ total: 5 })
  const { itemIs } = await watch()
  await paying.confirm(itemId, 'ann')
  await itemIs(itemId, { asksForPayment: false, available: 4, confirmedUnits: 1, paidUnits: 0 })
})

test('failing refunds, unknown money, webhooks that fail or are paused, and dead letters are counted', async () => {
  const { database } = paying.api.stores
  const none = { failingRefunds: 0, unknownMoney: 0, failedEndpoints: 0, failingEndpoints: 0, pausedEndpoints: 0 }
  const { troublesAre } = await watch()
  await troublesAre({ ...none, deadLetters: 0 })

  const { itemId } = await paying.createItem()
  const orderId = await paying.confirm(itemId, 'ann')
  const { paymentId } = await paying.begin(orderId, 'ann')
  const refund = { paymentId, amount: 1n, currency: 'EUR', reason: 'OPERATOR' }
  await database.refund.create({ data: { ...refund, lastError: 'The provider does not answer.' } })
  const event = { provider: 'simulated', kind: 'succeeded', outcome: 'unknown' }
  await database.paymentEvent.createMany({
    data: [
      { ...event, eventId: 'today' },
      { ...event, eventId: 'dealt with', resolvedAt: new Date() },
      { ...event, eventId: 'no money', kind: 'failed' },
    ],
  })
  const endpoint = { url: 'https://shop.example/', secret: 's', position: 0n }
  const minuteAgo = new Date(Date.now() - 60_000)
  await database.webhookEndpoint.createMany({
    data: [
      { ...endpoint, state: 'failed', failingSince: minuteAgo },
      { ...endpoint, failingSince: minuteAgo },
      { ...endpoint, failingSince: new Date(Date.now() + 60_000) },
      { ...endpoint, state: 'paused' },
      { ...endpoint, state: 'deleted' },
    ],
  })
  const letter = { endpointId: 1, eventId: 'e', failure: '400', tryCount: 7 }
  await database.webhookDeadLetter.createMany({
    data: [
      { ...letter, number: 1n },
      { ...letter, number: 2n, resolution: 'discarded' },
    ],
  })
  const one = { failingRefunds: 1, unknownMoney: 1, failedEndpoints: 1, failingEndpoints: 1, pausedEndpoints: 1 }
  await troublesAre({ ...one, deadLetters: 1 })
  await database.refund.updateMany({ data: { state: 'done', lastError: null, doneAt: new Date() } })
  await troublesAre({ failingRefunds: 0 })
})
