import { OrderAccepted } from '@flash-sale/contract/orders'
import { eventually } from '@flash-sale/testing/eventually'
import { startFaultProxy } from '@flash-sale/testing/fault-proxy'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { expect, onTestFinished, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { startTestApi, withApi, type TestApi } from '../testing/start-test-api.fixture.ts'
import { startLearningItems } from './learn-items.ts'

const stores = withTestStores()
const observer = withApi({ stores })
const hourMs = 3_600_000

/** An API that nobody has asked for any item, and a way to take Postgres away from it. */
async function startUnaskedApi() {
  const url = new URL(stores.database.url)
  const network = await startFaultProxy(Number(url.port))
  url.port = String(network.port)
  const api = await startTestApi(stores, { databaseUrl: url.href })
  onTestFinished(async () => {
    network.passAll()
    await api.close()
    await network.close()
  })
  return { api, freezePostgres: network.holdReplies }
}

function learnWith(api: TestApi): void {
  const learning = startLearningItems(api.context, 20)
  onTestFinished(() => learning.close())
}

const opensIn = (ms: number) => ({
  opensAt: new Date(Date.now() + ms).toISOString(),
  closesAt: new Date(Date.now() + ms + hourMs).toISOString(),
})

test('a process that was never asked for an item sells it while Postgres is frozen', async () => {
  const { api, freezePostgres } = await startUnaskedApi()
  learnWith(api)
  const { itemId } = await observer.createItem()
  await eventually(() => api.context.ledgers.get(itemId) !== undefined, { what: 'the item to be known' })
  freezePostgres()
  expectSuccess(await api.order('ann', { itemId, quantity: 1 }), 202, OrderAccepted)
})

test('without knowing the item it does not, and says so', async () => {
  const { api, freezePostgres } = await startUnaskedApi()
  const { itemId } = await observer.createItem()
  freezePostgres()
  expectProblem(await api.order('ann', { itemId, quantity: 1 }), 'UNAVAILABLE')
})

test('items are known shortly before their sale opens, and a new epoch is known without an order', async () => {
  const { api } = await startUnaskedApi()
  const soon = await observer.createItem({}, opensIn(30_000))
  const later = await observer.createItem({}, opensIn(hourMs))
  learnWith(api)
  const known = (itemId: number) => api.context.ledgers.get(itemId)
  await eventually(() => known(soon.itemId) !== undefined, { what: 'the item to be known' })
  expect(known(later.itemId)).toBeUndefined()
  expect((await observer.operate(`/v1/ops/items/${soon.itemId}/rebuild`)).statusCode).toBe(200)
  await eventually(() => known(soon.itemId)!.epoch === 2, { what: 'the new epoch to be known' })
})
