import { AuditTrail } from '@flash-sale/contract/audit-trail'
import { ItemView, SaleView } from '@flash-sale/contract/sales'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { eventually } from '@flash-sale/testing/eventually'
import { startFaultProxy } from '@flash-sale/testing/fault-proxy'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { testOpsKey } from '@flash-sale/testing/test-tokens'
import { expect, onTestFinished, test } from 'vitest'
import { expectProblem, expectSuccess, type Answer } from '../testing/expect-answer.fixture.ts'
import { saleOf, startTestApi, withApi, type TestApi } from '../testing/start-test-api.fixture.ts'
import { sameActMs } from './deduplicate-acts.ts'
import { holdWaitMs } from './ops-answer.ts'

const stores = withTestStores()
const api = withApi({ stores })
const other = withApi({ stores })

const saleCount = () => api.stores.database.sale.count()

const isReplay = ({ headers }: Answer) => headers['idempotent-replayed'] === 'true'

/** As if the window had passed since. */
async function endWindows(): Promise<void> {
  const keys = await api.stores.redis.keys('{operator-act:*}:last')
  for (const key of keys) expect(await api.stores.redis.pttl(key)).toBeLessThanOrEqual(sameActMs + holdWaitMs)
  if (keys.length > 0) await api.stores.redis.del(keys)
}

async function trailOf(filter: string): Promise<string[]> {
  const { events } = expectSuccess(await api.get(`/v1/ops/audit-events?${filter}`, testOpsKey), 200, AuditTrail)
  return events.map(({ action }) => action).toReversed()
}

test('a double click of an operator makes one sale, and both are answered alike, from every process', async () => {
  const body = saleOf({})
  const before = await saleCount()
  const answers = await Promise.all([api, other, api, other].map((from) => from.operate('/v1/ops/sales', body)))
  const { saleId } = expectSuccess(answers[0]!, 201, SaleView)
  for (const { statusCode, headers, body: text } of answers) {
    expect([statusCode, text, headers.location]).toEqual([201, answers[0]!.body, `/v1/sales/${saleId}`])
    expect(headers['content-type']).toBe(answers[0]!.headers['content-type'])
  }
  expect(answers.filter((answer) => !isReplay(answer))).toHaveLength(1)
  expect(await saleCount()).toBe(before + 1)
})

test('the same restock again adds no units while it is a double click, and adds them when it is meant', async () => {
  const { itemId } = await api.createItem({ total: 10 })
  const restock = (from: TestApi, key?: string) => from.operate(`/v1/ops/items/${itemId}/restock`, { units: 5 }, key)
  const first = await restock(api)
  const again = await restock(other)
  expect([again.body, isReplay(first), isReplay(again)]).toEqual([first.body, false, true])
  await restock(api, `meant ${itemId}`)
  await endWindows()
  await restock(other)
  expect(await api.audit(itemId)).toMatchObject({ total: 25, balanced: true })
  expect(await trailOf(`itemId=${itemId}`)).toEqual(['restock', 'restock', 'restock'])
})

test('a pause after a resume is no double click of the pause before, with keys or without', async () => {
  const { saleId } = await api.createSale()
  const act = async (name: string, key?: string) => {
    const answer = await api.operate(`/v1/ops/sales/${saleId}/${name}`, undefined, key)
    return [isReplay(answer), expectSuccess(answer, 200, SaleView).state]
  }
  expect(await act('pause')).toEqual([false, 'paused'])
  expect(await act('pause')).toEqual([true, 'paused'])
  expect(await act('resume')).toEqual([false, 'open'])
  expect(await act('pause')).toEqual([false, 'paused'])
  expect(await act('resume', `resume ${saleId}`)).toEqual([false, 'open'])
  expect(await act('pause')).toEqual([false, 'paused'])
})

test('an act with a key ends the window of what was answered while it was under way', { timeout: 30_000 }, async () => {
  const { redis } = api.stores
  const { itemId } = await api.createItem({ total: 10 })
  await endWindows()
  const restock = () => api.operate(`/v1/ops/items/${itemId}/restock`, { units: 5 })
  await restock()
  const [last] = await redis.keys('{operator-act:*}:last')
  const answered = (await redis.get(last!))!
  const { lock } = ledgerKeys(itemId)
  await redis.set(lock, 'somebody', 'PX', 60_000)
  const rebuilding = api.operate(`/v1/ops/items/${itemId}/rebuild`, undefined, `rebuild ${itemId}`)
  await eventually(async () => (await redis.exists(last!)) === 0, { what: 'the rebuild to begin' })
  // As if the restock was answered only now.
  await redis.set(last!, answered, 'PX', 60_000)
  await redis.del(lock)
  expectSuccess(await rebuilding, 200, ItemView)
  expect(isReplay(await restock())).toBe(false)
})

test('a refusal and a failure are not kept: the next one tries', async () => {
  const { itemId } = await api.createItem()
  const path = `/v1/ops/items/${itemId}/rebuild`
  const { database } = api.stores
  await database.$executeRaw`ALTER TABLE audit_events ADD CONSTRAINT refused CHECK (false) NOT VALID`
  const failed = await api.operate(path)
  await database.$executeRaw`ALTER TABLE audit_events DROP CONSTRAINT refused`
  expect(failed.statusCode).toBeGreaterThanOrEqual(500)
  const rebuilt = await other.operate(path)
  expectSuccess(rebuilt, 200, ItemView)
  expect(isReplay(rebuilt)).toBe(false)
  for (const body of [{ units: 0 }, { units: 0 }])
    expect(isReplay(await api.operate(`/v1/ops/items/${itemId}/restock`, body))).toBe(false)
})

test('the same act is told that it is busy while the first one waits for its item', { timeout: 30_000 }, async () => {
  const { itemId } = await api.createItem()
  const { lock } = ledgerKeys(itemId)
  await api.stores.redis.set(lock, 'somebody', 'PX', 60_000)
  const path = `/v1/ops/items/${itemId}/rebuild`
  const answers = await Promise.all([api, other].map((from) => from.operate(path)))
  for (const answer of answers) expectProblem(answer, 'BUSY')
  await api.stores.redis.del(lock)
  expectSuccess(await other.operate(path), 200, ItemView)
})

test('nothing of it stays in Redis', async () => {
  const { itemId } = await api.createItem()
  await api.operate(`/v1/ops/items/${itemId}/restock`, { units: 1 })
  const keys = await api.stores.redis.keys('{operator-act:*')
  expect(keys).not.toEqual([])
  for (const key of keys) expect(await api.stores.redis.pttl(key), key).toBeGreaterThan(0)
})

test('while Redis is away an act without a key is done all the same', { timeout: 60_000 }, async () => {
  const proxy = await startFaultProxy(stores.redis.port)
  const through = new URL(stores.redis.url)
  through.port = String(proxy.port)
  const cutOff = await startTestApi(stores, { redisUrl: through.href })
  onTestFinished(async () => {
    proxy.accept()
    await cutOff.close()
    await proxy.close()
  })
  const { saleId } = await api.createSale()
  proxy.refuse()
  const sent = cutOff.operate(`/v1/ops/sales/${saleId}/pause`)
  await eventually(async () => (await stateOf(saleId)) === 'paused', { what: 'the sale to be paused' })
  expectProblem(await sent, 'UNAVAILABLE')
})

const stateOf = async (saleId: number) =>
  (await api.stores.database.sale.findUniqueOrThrow({ where: { id: saleId } })).state
