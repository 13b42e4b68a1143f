import type { App } from '@flash-sale/local-stack/apps/start-app'
import { eventually } from '@flash-sale/testing/eventually'
import { startService } from '@flash-sale/testing/start-service'
import { createTestDatabase, type TestDatabase } from '@flash-sale/testing/test-database'
import { startTestRedis } from '@flash-sale/testing/test-redis'
import { storm } from '@flash-sale/kit/place-order'
import { Client } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { runCommand } from './run-command.fixture.ts'

/** Several processes and commands start one after the other: half a minute on an idle machine, minutes on a busy one. */
const patient = { timeout: 300_000 }

async function readiness({ url }: App): Promise<{ status: number; text: string }> {
  const response = await fetch(`${url}/health/ready`)
  return { status: response.status, text: await response.text() }
}

async function query(databaseUrl: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

/** A database of its own deployment, which no copy of another is. */
async function anotherDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase()
  onTestFinished(database.drop)
  await query(database.url, 'UPDATE deployment SET id = gen_random_uuid()')
  return database
}

const deploymentOf = async (databaseUrl: string) =>
  String((await query(databaseUrl, 'SELECT id::text FROM deployment'))[0]!['id'])

test(
  'a Redis that belongs to another database is refused, and named, until an operator joins them; its orders become no rows',
  patient,
  async () => {
    const service = await startService()
    const processes = await Promise.all([service.startApi(), service.startWorker()])
    const sale = await service.openSale(processes[0], { total: 100, purchaseLimit: 1 })
    await storm([sale.at(processes[0])], 30)
    await sale.becomesExact()

    const database = await anotherDatabase()
    const told: string[] = []
    const between = {
      databaseUrl: database.url,
      env: { LOG_LEVEL: 'error' },
      onLine: (line: string) => void told.push(line),
    }
    const [api, worker] = await Promise.all([service.startApi(between), service.startWorker(between)])
    const ids = [await deploymentOf(service.stores.database.url), await deploymentOf(database.url)]
    for (const app of [api, worker]) {
      await eventually(async () => expect(await readiness(app)).toMatchObject({ status: 503 }), { what: 'not ready' })
      const { text } = await readiness(app)
      for (const name of [...ids, 'adopt-redis']) expect(text).toContain(name)
    }
    // The sale is stored; its item has the number of the other's.
    const created = await service.ops(api).createSale({
      name: 'Another sale',
      opensAt: new Date(Date.now() - 1_000).toISOString(),
      closesAt: new Date(Date.now() + 3_600_000).toISOString(),
      items: [{ sku: 'A', name: 'A', priceCents: 1, total: 1_000, purchaseLimit: 1 }],
    })
    expect(created).toMatchObject({ ok: false, problem: { code: 'UNAVAILABLE' } })
    await query(database.url, `UPDATE sale_items SET id = ${sale.itemId}`)
    for (let i = 0; i < 3; i += 1) {
      expect(await sale.at(api)({ buyer: `other-${i}`, key: 'k', quantity: 1 })).toMatchObject({
        outcome: 'UNAVAILABLE',
      })
    }
    sale.history.splice(-3)
    expect(told.filter((line) => line.includes('adopt-redis'))).toHaveLength(2)

    // The one that it belongs to is not disturbed.
    await storm([sale.at(processes[0])], 30, { prefix: 'more' })
    await sale.becomesExact()
    expect(await service.redis.hget(`{item:${sale.itemId}}:ledger`, 'epoch')).toBe('1')

    for (const app of processes) {
      app.kill('SIGKILL')
      await app.exited
    }
    const stores = { redis: service.stores.redis, database }
    expect(await runCommand('adopt-redis', stores)).toContain(`belongs to deployment ${ids[1]} now`)
    await eventually(async () => expect(await readiness(api)).toMatchObject({ status: 200 }), { what: 'ready' })
    await eventually(
      async () => expect(await service.redis.hget(`{item:${sale.itemId}}:ledger`, 'available')).toBe('1000'),
      { what: 'the ledger of the new item' },
    )
    const movedAside = () => told.filter((line) => line.includes('moved aside'))
    // It is told after the ledger was opened.
    await eventually(() => expect(movedAside()).toHaveLength(1), { what: 'the worker to say so' })
    expect(await query(database.url, 'SELECT FROM orders')).toEqual([])
    const aside = await service.redis.keys(`{item:${sale.itemId}}:aside:*`)
    const orders = aside.find((key) => key.endsWith(':orders'))
    // One more than the orders: the filler.
    expect(await service.redis.hlen(orders!)).toBe(61)
  },
)

test(
  'of two Redis on one database the second is refused while the first lives, and takes its place by itself when it is gone',
  patient,
  async () => {
    const service = await startService()
    const processes = await Promise.all([service.startApi(), service.startWorker()])
    const sale = await service.openSale(processes[0], { total: 100, purchaseLimit: 1 })
    await storm([sale.at(processes[0])], 30)
    await sale.becomesExact()

    const second = await startTestRedis()
    onTestFinished(second.stop)
    const [api, worker] = await Promise.all([
      service.startApi({ redisUrl: second.url }),
      service.startWorker({ redisUrl: second.url }),
    ])
    for (const app of [api, worker]) {
      await eventually(async () => expect((await readiness(app)).text).toContain('Another Redis'), { what: 'refused' })
    }
    const epochBefore = await query(service.stores.database.url, 'SELECT epoch FROM sale_items')
    expect(await sale.at(api)({ buyer: 'x', key: 'k', quantity: 1 })).toMatchObject({ outcome: 'UNAVAILABLE' })
    expect(await service.ops(api).rebuildItem(sale.itemId)).toMatchObject({ ok: false })
    await storm([sale.at(processes[0])], 30, { prefix: 'more' })
    await sale.becomesExact()
    expect(epochBefore).toEqual([{ epoch: 1 }])
    expect(await query(service.stores.database.url, 'SELECT epoch FROM sale_items')).toEqual(epochBefore)

    for (const app of processes) {
      app.kill('SIGKILL')
      await app.exited
    }
    await eventually(
      async () =>
        expect(await sale.at(api)({ buyer: 'y', key: 'k', quantity: 1 })).toMatchObject({ outcome: 'ACCEPTED' }),
      { what: 'the second to sell' },
    )
    expect(await readiness(worker)).toMatchObject({ status: 200 })
  },
)
