import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { App } from '@flash-sale/local-stack/apps/start-app'
import { placePatiently } from '@flash-sale/kit/place-order'
import { eventually } from '@flash-sale/testing/eventually'
import { startService, type Service, type ServiceSale } from '@flash-sale/testing/start-service'
import { storeOrders } from '@flash-sale/testing/store-orders'
import { startTestRedis } from '@flash-sale/testing/test-redis'
import { Client } from 'pg'
import { expect, onTestFinished, test } from 'vitest'

/** LARGE_ITEM_ORDERS=1000000 is what the service promises its figures for. */
const orderCount = Number(process.env['LARGE_ITEM_ORDERS'] ?? 50_000)
/** LOST_ITEMS=300 likewise. */
const itemCount = Number(process.env['LOST_ITEMS'] ?? 60)
const patient = { timeout: 600_000 }
/** The worker's memory, whatever is rebuilt. */
const megabytesMax = 300

interface Town {
  readonly service: Service
  readonly api: App
  readonly worker: App
  readonly large: ServiceSale
  readonly small: ServiceSale
}

/** A sale of many orders and one of few, both on. */
async function startTown(): Promise<Town> {
  const service = await startService()
  const [api, worker] = await Promise.all([service.startApi(), service.startWorker()])
  const large = await service.openSale(api, { total: 2 * orderCount, purchaseLimit: 1 })
  const small = await service.openSale(api, { total: 100, purchaseLimit: 1 })
  await storeOrders(service.stores.database.url, large.itemId, { count: orderCount })
  await eventually(async () => (await audit({ service, api }, large))?.activeUnits === orderCount, {
    what: 'the large ledger to know its orders',
    timeoutMs: 120_000,
    intervalMs: 500,
  })
  return { service, api, worker, large, small }
}

async function audit({ service, api }: Pick<Town, 'service' | 'api'>, { itemId }: ServiceSale) {
  const audited = await service.ops(api).auditItem(itemId)
  return audited.ok && audited.value.balanced ? audited.value : undefined
}

async function balances(town: Town, sale: ServiceSale): Promise<void> {
  const isBalanced = async () => (await audit(town, sale)) !== undefined
  await eventually(isBalanced, { what: 'the audit to balance', timeoutMs: 120_000, intervalMs: 500 })
}

let lateBuyers = 0

/** How long until a buyer who keeps asking has the item, in ms. */
async function soldAgainAfterMs(sale: ServiceSale, api: App): Promise<number> {
  const beganAtMs = performance.now()
  lateBuyers += 1
  const wish = { buyer: `late-${lateBuyers}`, key: 'k', quantity: 1 }
  const answer = await placePatiently([sale.at(api)], wish, { pauseMs: 20, untilMs: 300_000 })
  expect(answer).toMatchObject({ outcome: 'ACCEPTED' })
  return Math.round(performance.now() - beganAtMs)
}

/** Waits until both items sell again, and prints and judges what that took. */
async function expectToRecover(town: Town, after: string): Promise<void> {
  const { service, api, worker, large, small } = town
  const watching = watchMemory(worker.pid)
  const [largeMs, smallMs] = await Promise.all([soldAgainAfterMs(large, api), soldAgainAfterMs(small, api)])
  const megabytes = watching.stop()
  console.log(
    `after ${after}: ${orderCount} orders closed for ${largeMs} ms, a few for ${smallMs} ms, worker ${megabytes} MB`,
  )
  // Soft, so that a run prints the figures of all rebuilds.
  expect.soft(megabytes).toBeLessThan(megabytesMax)
  const keys = await service.redis.keys(`{item:${large.itemId}}:*`)
  // Keys of `joined` count what may be lost, and go by themselves.
  const lasting = /:(?:ledger|buyers|orders|outbox|fence|joined:.*)$/
  expect(keys.filter((key) => !lasting.test(key))).toEqual([])
  for (const sale of [large, small]) {
    await balances(town, sale)
  }
}

function watchMemory(pid: number): { readonly stop: () => number } {
  let megabytesMost = 0
  const look = async () => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    megabytesMost = Math.max(megabytesMost, Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024))
  }
  const timer = setInterval(() => void look(), 50)
  return {
    stop: () => {
      clearInterval(timer)
      return megabytesMost
    },
  }
}

async function restartRedis({ service }: Town): Promise<void> {
  const { redis } = service.stores
  redis.kill('SIGKILL')
  await redis.exited
  onTestFinished((await startTestRedis({ port: redis.port, dataDir: redis.dataDir })).stop)
}

/** Kills all backends of the service, again after one to three seconds, until it is told to stop. */
async function killBackends(databaseUrl: string, stopping: AbortSignal): Promise<number> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  let killedCount = 0
  while (!stopping.aborted) {
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(pg_terminate_backend(pid))::int AS count FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    )
    killedCount += rows[0]!.count
    await sleep(1_000 + Math.random() * 2_000, undefined, { signal: stopping }).catch(() => undefined)
  }
  await client.end()
  return killedCount
}

test(
  'a large item comes back after its Redis restarted or lost it, in place, and a small one does not wait for it',
  patient,
  async () => {
    const town = await startTown()
    await restartRedis(town)
    await expectToRecover(town, 'a restart of Redis')
    await town.service.redis.flushall()
    await expectToRecover(town, 'FLUSHALL')
    const { redis } = town.service
    await redis.del(`{item:${town.large.itemId}}:ledger`)
    await sleep(50)
    await redis.del(`{item:${town.small.itemId}}:ledger`)
    await expectToRecover(town, 'the loss of one ledger, then of the other')
  },
)

test(
  'a large item comes back though the backends of Postgres are killed each one to three seconds',
  patient,
  async () => {
    const town = await startTown()
    const stopping = new AbortController()
    const killing = killBackends(town.service.stores.database.url, stopping.signal)
    await town.service.redis.flushall()
    const largeMs = await soldAgainAfterMs(town.large, town.api)
    await restartRedis(town)
    const againMs = await soldAgainAfterMs(town.large, town.api)
    stopping.abort()
    const killedCount = await killing
    console.log(
      `while ${killedCount} backends were killed: ${orderCount} orders closed for ${largeMs} and ${againMs} ms`,
    )
    expect(killedCount).toBeGreaterThan(0)
    await balances(town, town.large)
  },
)

test('many items that are lost at once all sell again', patient, async () => {
  const service = await startService()
  const client = new Client({ connectionString: service.stores.database.url })
  await client.connect()
  onTestFinished(() => client.end())
  const { rows } = await client.query<{ id: number }>(
    `WITH on_sale AS (
       INSERT INTO sales (name, opens_at, closes_at)
       SELECT 'Sale', now() - interval '1 hour', now() + interval '1 hour' FROM generate_series(1, $1::int) RETURNING id
     )
     INSERT INTO sale_items (sale_id, sku, name, price_cents, total, purchase_limit)
     SELECT id, 'SKU', 'Item', 100, 50, 1 FROM on_sale RETURNING id`,
    [itemCount],
  )
  const allAreLive = async () => {
    const states = await Promise.all(rows.map(({ id }) => service.redis.hget(`{item:${id}}:ledger`, 'state')))
    return states.every((state) => state === 'live')
  }
  await service.startWorker()
  await eventually(allAreLive, { what: 'all ledgers to be made', timeoutMs: 200_000, intervalMs: 100 })
  await service.redis.flushall()
  const beganAtMs = performance.now()
  await eventually(allAreLive, { what: 'all items to be on sale again', timeoutMs: 200_000, intervalMs: 20 })
  console.log(`${itemCount} items sold again after ${Math.round(performance.now() - beganAtMs)} ms`)
})
