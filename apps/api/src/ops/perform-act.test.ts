import { AuditTrail } from '@flash-sale/contract/audit-trail'
import { RetriedJob } from '@flash-sale/contract/jobs'
import { ItemView, SaleView } from '@flash-sale/contract/sales'
import { createOrderWorker } from '@flash-sale/queue/order-queue'
import { createLogger } from '@flash-sale/runtime/logger'
import { closeRedis, connectRedis } from '@flash-sale/runtime/redis'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { eventually } from '@flash-sale/testing/eventually'
import { holdTable } from '@flash-sale/testing/held-table'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { testOpsKey } from '@flash-sale/testing/test-tokens'
import { describe, expect, test } from 'vitest'
import { expectProblem, expectSuccess, type Answer } from '../testing/expect-answer.fixture.ts'
import { saleOf, withApi, type TestApi } from '../testing/start-test-api.fixture.ts'

const stores = withTestStores()
const api = withApi({ stores })
const other = withApi({ stores })

let lastKey = 0
const newKey = () => `act ${(lastKey += 1)}`

async function trailOf(filter: string): Promise<string[]> {
  const { events } = expectSuccess(await api.get(`/v1/ops/audit-events?${filter}`, testOpsKey), 200, AuditTrail)
  return events.map(({ action }) => action).toReversed()
}

function expectReplay(answer: Answer, first: Answer): void {
  expect(answer.headers['idempotent-replayed']).toBe('true')
  expect([answer.statusCode, answer.body]).toEqual([first.statusCode, first.body])
}

const saleCount = () => api.stores.database.sale.count()

/** Has Postgres refuse rows of operators' acts: any, as if the process died before its COMMIT, or those with an answer. */
async function refusingActs<T>(which: 'any' | 'answered', work: () => Promise<T>): Promise<T> {
  const { database } = api.stores
  const holds = which === 'any' ? 'false' : 'answer IS NULL'
  await database.$executeRawUnsafe(`ALTER TABLE operator_acts ADD CONSTRAINT refused CHECK (${holds}) NOT VALID`)
  try {
    return await work()
  } finally {
    await database.$executeRaw`ALTER TABLE operator_acts DROP CONSTRAINT refused`
  }
}

describe('the same act with the same key, from any process, is done once, answered as at first, and one row of the trail:', () => {
  test('a new sale', async () => {
    const [key, body] = [newKey(), saleOf({})]
    const before = await saleCount()
    const first = await api.operate('/v1/ops/sales', body, key)
    const { saleId } = expectSuccess(first, 201, SaleView)
    expect(first.headers).not.toHaveProperty('idempotent-replayed')
    for (const from of [api, other]) expectReplay(await from.operate('/v1/ops/sales', body, key), first)
    expect(await saleCount()).toBe(before + 1)
    expect(await trailOf(`saleId=${saleId}`)).toEqual(['create'])
  })

  test.each(['pause', 'close'])('%s', async (action) => {
    const { saleId } = await api.createSale()
    const path = `/v1/ops/sales/${saleId}/${action}`
    const key = newKey()
    const first = await api.operate(path, undefined, key)
    for (const from of [api, other, api]) expectReplay(await from.operate(path, undefined, key), first)
    expect(await trailOf(`saleId=${saleId}`)).toEqual(['create', action])
  })

  test('a pause that another operator has ended by now is not paused again', async () => {
    const { saleId } = await api.createSale()
    const key = newKey()
    const first = await api.operate(`/v1/ops/sales/${saleId}/pause`, undefined, key)
    await api.operate(`/v1/ops/sales/${saleId}/resume`)
    expectReplay(await api.operate(`/v1/ops/sales/${saleId}/pause`, undefined, key), first)
    expect(expectSuccess(await api.get(`/v1/sales/${saleId}`), 200, SaleView).state).toBe('open')
    // Also one that changed nothing when it was sent.
    const idle = newKey()
    const resumed = await api.operate(`/v1/ops/sales/${saleId}/resume`, undefined, idle)
    await api.operate(`/v1/ops/sales/${saleId}/pause`)
    expectReplay(await api.operate(`/v1/ops/sales/${saleId}/resume`, undefined, idle), resumed)
    expect(await trailOf(`saleId=${saleId}`)).toEqual(['create', 'pause', 'resume', 'pause'])
  })

  test('a restock', async () => {
    const { itemId } = await api.createItem({ total: 10 })
    const restock = (from: TestApi, key: string) => from.operate(`/v1/ops/items/${itemId}/restock`, { units: 5 }, key)
    const key = newKey()
    const first = await restock(api, key)
    expect(expectSuccess(first, 200, ItemView)).toMatchObject({ total: 15 })
    await restock(api, newKey())
    for (const from of [other, api]) expectReplay(await restock(from, key), first)
    expect(await api.audit(itemId)).toMatchObject({ total: 20, balanced: true })
    expect(await trailOf(`itemId=${itemId}`)).toEqual(['restock', 'restock'])
  })

  test('a rebuild', async () => {
    const { itemId } = await api.createItem()
    const path = `/v1/ops/items/${itemId}/rebuild`
    const key = newKey()
    const first = await api.operate(path, undefined, key)
    expectReplay(await other.operate(path, undefined, key), first)
    expect(await api.audit(itemId)).toMatchObject({ epoch: 2 })
    expect(await trailOf(`itemId=${itemId}`)).toEqual(['rebuild'])
  })

  test('the retry of a job', async () => {
    const path = await failedJobPath(77)
    const key = newKey()
    const first = await api.operate(path, undefined, key)
    expectSuccess(first, 200, RetriedJob)
    expectReplay(await other.operate(path, undefined, key), first)
    expectProblem(await other.operate(path, undefined, newKey()), 'JOB_NOT_FOUND')
    expect(await trailOf('itemId=77')).toEqual(['retry'])
  })
})

/** The path that retries a job which failed for good, and that no worker waits for any more. */
async function failedJobPath(itemId: number): Promise<string> {
  const jobId = `${itemId}-1-1700000000000-0`
  await api.queue.add('persist', { itemId, epoch: 1, entryId: '1700000000000-0' }, { jobId, attempts: 1 })
  const logger = createLogger({ name: 'worker', level: 'silent' })
  const redis = connectRedis({ url: stores.redis.url, role: 'queue-worker', logger })
  const worker = createOrderWorker(
    redis,
    1,
    () => Promise.reject(new Error('not yet')),
    () => undefined,
  )
  await eventually(async () => (await api.queue.getJob(jobId))?.isFailed(), { what: 'the job to fail' })
  await worker.close()
  await closeRedis(redis)
  return `/v1/ops/jobs/${jobId}/retry`
}

test('sent many times at the same instant, through two processes, an act is done once and answered alike', async () => {
  const [key, body] = [newKey(), saleOf({})]
  const before = await saleCount()
  const sent = Array.from({ length: 8 }, (_, i) => [api, other][i % 2]!.operate('/v1/ops/sales', body, key))
  const answers = await Promise.all(sent)
  expect(new Set(answers.map((answer) => answer.body)).size).toBe(1)
  expect(answers.map((answer) => answer.statusCode)).toEqual(answers.map(() => 201))
  expect(answers.filter((answer) => !('idempotent-replayed' in answer.headers))).toHaveLength(1)
  expect(await saleCount()).toBe(before + 1)
})

test('the key alone keeps an act from being done twice, should the lease that orders its requests be lost', async () => {
  const [key, body] = [newKey(), saleOf({})]
  const before = await saleCount()
  const table = await holdTable(stores.database.url, 'operator_acts')
  const first = api.operate('/v1/ops/sales', body, key)
  await eventually(async () => (await claimsWaiting()) === 1, { what: 'the first to be stopped at its claim' })
  await loseLeases()
  const second = other.operate('/v1/ops/sales', body, key)
  await eventually(async () => (await claimsWaiting()) === 2, { what: 'the second to be stopped at its claim' })
  await table.release()
  for (const { statusCode } of await Promise.all([first, second])) expect([201, 503]).toContain(statusCode)
  expect(await saleCount()).toBe(before + 1)
  expectSuccess(await api.operate('/v1/ops/sales', body, key), 201, SaleView)
  expect(await saleCount()).toBe(before + 1)
})

async function claimsWaiting(): Promise<number> {
  const [row] = await api.stores.database.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%INSERT INTO operator_acts%'`
  return Number(row?.count)
}

async function loseLeases(): Promise<void> {
  const keys = await api.stores.redis.keys('*operator-act:*')
  if (keys.length > 0) await api.stores.redis.del(keys)
}

test('while an act is under way its key is busy, and says when to come back', async () => {
  const { itemId } = await api.createItem()
  const path = `/v1/ops/items/${itemId}/restock`
  const key = newKey()
  const { lock } = ledgerKeys(itemId)
  await api.stores.redis.set(lock, 'somebody', 'PX', 60_000)
  const [first, second] = await Promise.all([api, other].map((from) => from.operate(path, { units: 5 }, key)))
  for (const answer of [first!, second!]) expectProblem(answer, 'BUSY')
  await api.stores.redis.del(lock)
  expect(expectSuccess(await other.operate(path, { units: 5 }, key), 200, ItemView).total).toBe(15)
  expect(await trailOf(`itemId=${itemId}`)).toEqual(['restock'])
})

describe('a key that stands for another request is a conflict:', () => {
  test('another body, another item, another act', async () => {
    const { itemId, saleId } = await api.createItem()
    const { itemId: secondId } = await api.createItem()
    const key = newKey()
    expectSuccess(await api.operate(`/v1/ops/items/${itemId}/restock`, { units: 5 }, key), 200, ItemView)
    for (const [path, body] of [
      [`items/${itemId}/restock`, { units: 6 }],
      [`items/${secondId}/restock`, { units: 5 }],
      [`items/${itemId}/rebuild`, undefined],
      [`sales/${saleId}/pause`, undefined],
      ['sales', saleOf({})],
    ] as const) {
      expectProblem(await other.operate(`/v1/ops/${path}`, body, key), 'KEY_CONFLICT')
    }
    expect(await api.audit(itemId)).toMatchObject({ total: 15, epoch: 1 })
    expect(await trailOf(`saleId=${saleId}`)).toEqual(['create', 'restock'])
  })

  test('but the order of the fields is not', async () => {
    const [key, body] = [newKey(), saleOf({})]
    const first = await api.operate('/v1/ops/sales', body, key)
    const turned = Object.fromEntries(Object.entries(body).toReversed())
    expectReplay(await api.operate('/v1/ops/sales', turned, key), first)
  })
})

describe('an answer that is no answer is not kept:', () => {
  test('what was refused leaves its key free', async () => {
    const key = newKey()
    expectProblem(await api.operate('/v1/ops/items/2147483647/restock', { units: 1 }, key), 'ITEM_NOT_FOUND')
    const { itemId } = await api.createItem({ total: 10 })
    expect(
      expectSuccess(await api.operate(`/v1/ops/items/${itemId}/restock`, { units: 1 }, key), 200, ItemView).total,
    ).toBe(11)
  })

  test('a pause that is not in force yet completes when it is sent again, and is told once', async () => {
    const { saleId, items } = await api.createSale()
    const { itemId } = items[0]!
    const key = newKey()
    await api.stores.redis.del(Object.values(ledgerKeys(itemId)))
    expectProblem(await api.operate(`/v1/ops/sales/${saleId}/pause`, undefined, key), 'UNAVAILABLE')
    await api.operate(`/v1/ops/items/${itemId}/rebuild`)
    const completed = await api.operate(`/v1/ops/sales/${saleId}/pause`, undefined, key)
    expect(expectSuccess(completed, 200, SaleView).state).toBe('paused')
    expect(completed.headers).not.toHaveProperty('idempotent-replayed')
    expect(await trailOf(`saleId=${saleId}`)).toEqual(['create', 'pause', 'rebuild'])
  })

  test('a process that dies before the COMMIT has made no sale, and the key is free', async () => {
    const [key, body] = [newKey(), saleOf({})]
    const before = await saleCount()
    const lost = await refusingActs('any', () => api.operate('/v1/ops/sales', body, key))
    expect(lost.statusCode).toBeGreaterThanOrEqual(500)
    expect(await saleCount()).toBe(before)
    expectSuccess(await other.operate('/v1/ops/sales', body, key), 201, SaleView)
    expect(await saleCount()).toBe(before + 1)
  })

  test.each(['restock', 'rebuild'])('a %s that cannot be remembered is not in the trail', async (act) => {
    const { itemId } = await api.createItem({ total: 10 })
    const body = act === 'restock' ? { units: 5 } : undefined
    const key = newKey()
    const send = () => api.operate(`/v1/ops/items/${itemId}/${act}`, body, key)
    expect((await refusingActs('any', send)).statusCode).toBeGreaterThanOrEqual(500)
    expect(await trailOf(`itemId=${itemId}`)).toEqual([])
    expect(await api.audit(itemId)).toMatchObject({ total: 10, balanced: true })
    expectSuccess(await send(), 200, ItemView)
    expect(await trailOf(`itemId=${itemId}`)).toEqual([act])
    expect(await api.audit(itemId)).toMatchObject({ total: act === 'restock' ? 15 : 10, balanced: true })
  })

  test('a process that dies after the COMMIT has made the sale, and the same request completes it', async () => {
    const [key, body] = [newKey(), saleOf({})]
    const before = await saleCount()
    const lost = await refusingActs('answered', () => api.operate('/v1/ops/sales', body, key))
    expect(lost.statusCode).toBeGreaterThanOrEqual(500)
    expect(await saleCount()).toBe(before + 1)
    const { saleId } = expectSuccess(await other.operate('/v1/ops/sales', body, key), 201, SaleView)
    expect(await saleCount()).toBe(before + 1)
    expect(await trailOf(`saleId=${saleId}`)).toEqual(['create'])
  })

  test('the retry of a job whose end nobody heard is not told as refused', async () => {
    const path = await failedJobPath(78)
    const key = newKey()
    expect((await refusingActs('answered', () => api.operate(path, undefined, key))).statusCode).toBe(500)
    expectSuccess(await api.operate(path, undefined, key), 200, RetriedJob)
    const { events } = expectSuccess(await api.get('/v1/ops/audit-events?itemId=78', testOpsKey), 200, AuditTrail)
    expect(events).toMatchObject([{ action: 'retry', detail: { outcome: 'DONE' } }])
  })
})

test('without a key, an act that changes nothing leaves no row in the trail', async () => {
  const { saleId } = await api.createSale()
  for (const action of ['resume', 'pause', 'pause', 'pause', 'resume', 'resume', 'close', 'close']) {
    expectSuccess(await api.operate(`/v1/ops/sales/${saleId}/${action}`), 200, SaleView)
  }
  expect(await trailOf(`saleId=${saleId}`)).toEqual(['create', 'pause', 'resume', 'close'])
})

test('keys older than a week are deleted as new ones come, and younger ones stay', async () => {
  const { database } = api.stores
  const { saleId } = await api.createSale()
  const [old, young] = [newKey(), newKey()]
  for (const key of [old, young]) await api.operate(`/v1/ops/sales/${saleId}/pause`, undefined, key)
  const age = (key: string, days: number) =>
    database.$executeRaw`UPDATE operator_acts SET created_at = now() - make_interval(days => ${days}::int) WHERE key = ${key}`
  await age(old, 8)
  await age(young, 6)
  await api.operate(`/v1/ops/sales/${saleId}/pause`, undefined, newKey())
  const left = await database.operatorAct.findMany({ where: { key: { in: [old, young] } }, select: { key: true } })
  expect(left).toEqual([{ key: young }])
})

test('an act leaves nothing in Redis for ever', async () => {
  const { saleId } = await api.createSale()
  const { redis } = api.stores
  await api.operate(`/v1/ops/sales/${saleId}/pause`, undefined, newKey())
  const keys = await redis.keys('*operator-act:*')
  expect(keys.length).toBeGreaterThan(0)
  for (const key of keys) expect(await redis.pttl(key), key).not.toBe(-1)
})
