import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { countCommands } from '@flash-sale/testing/count-commands'
import { createEndedItems } from '@flash-sale/testing/end-sales'
import { eventually } from '@flash-sale/testing/eventually'
import { placePatiently, type PlaceOrder } from '@flash-sale/kit/place-order'
import { startService, type Service } from '@flash-sale/testing/start-service'
import { startTestRedis } from '@flash-sale/testing/test-redis'

/** Sales that ever were, and items that are on; GROWTH_ITEMS=2000 is what the service promises its figures for. */
const itemCount = Number(process.env['GROWTH_ITEMS'] ?? 300)
/** A page of sales ends with the sale that brings it to so many items. */
const pageItemsMax = 500
const patient = { timeout: 300_000 }

async function query(service: Service, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: service.stores.database.url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

test(
  'sales that ever were cost a worker at rest nothing, and do not hold up the one that is on when Redis comes back',
  patient,
  async () => {
    const service = await startService()
    const [api] = await Promise.all([service.startApi(), service.startWorker()])
    await createEndedItems(service.stores.database.url, itemCount)
    const sale = await service.openSale(api, { total: 1_000, purchaseLimit: 1 })
    const place = sale.at(api)
    await place({ buyer: 'early', key: 'k', quantity: 1 })
    const unsettled = 'SELECT FROM sale_items WHERE settled_at IS NULL'
    await eventually(async () => (await query(service, unsettled)).length === 1, {
      what: 'the ended sales to be settled',
      timeoutMs: 200_000,
      intervalMs: 500,
    })
    const seconds = 5
    const commands = await countCommands(service.redis, () => sleep(seconds * 1_000))
    console.log(`a worker and an API at rest, ${itemCount} ended items: ${commands / seconds} commands a second`)
    expect(commands / seconds).toBeLessThan(100)

    const rebuilds = `SELECT FROM audit_events WHERE action = 'rebuild'`
    const rebuildsBefore = (await query(service, rebuilds)).length
    const { redis } = service.stores
    redis.kill('SIGKILL')
    await redis.exited
    const restarted = performance.now()
    await startTestRedis({ port: redis.port, dataDir: redis.dataDir })
    const pauseMs = 20
    expect(await placePatiently([place], { buyer: 'late', key: 'k', quantity: 1 }, { pauseMs })).toMatchObject({
      outcome: 'ACCEPTED',
    })
    console.log(
      `after a restart of Redis the open item sold again after ${Math.round(performance.now() - restarted)} ms`,
    )
    await eventually(async () => (await query(service, rebuilds)).length > rebuildsBefore, { what: 'the record' })
    expect((await query(service, rebuilds)).length).toBe(rebuildsBefore + 1)
    await sale.becomesExact()
  },
)

test(
  'while 64 clients read the sales without pause every order is taken, and memory stays bounded',
  patient,
  async () => {
    const service = await startService()
    const [api] = await Promise.all([service.startApi(), service.startWorker()])
    const sale = await service.openSale(api, { total: 100_000, purchaseLimit: 1 })
    await query(
      service,
      `WITH on_sale AS (
       INSERT INTO sales (name, opens_at, closes_at)
       SELECT 'On sale', now() - interval '1 hour', now() + interval '1 hour' FROM generate_series(1, ${itemCount / 100}) RETURNING id
     )
     INSERT INTO sale_items (sale_id, sku, name, price_cents, total, purchase_limit)
     SELECT id, 'SKU-' || n, 'A thing that is on sale', 100, 10, 2 FROM on_sale, generate_series(1, 100) n`,
    )
    await eventually(async () => (await query(service, 'SELECT FROM sale_items WHERE epoch = 0')).length === 0, {
      what: 'all ledgers to be made',
      timeoutMs: 200_000,
      intervalMs: 500,
    })
    const stopping = new AbortController()
    let answerCount = 0
    const read = async (encoding: string): Promise<void> => {
      while (!stopping.signal.aborted) {
        const answer = await fetch(`${api.url}/v1/sales?limit=100`, { headers: { 'accept-encoding': encoding } })
        expect(answer.status).toBe(200)
        const text = await answer.text()
        if (answerCount === 0) expect(text.split('"itemId"').length).toBeGreaterThan(Math.min(itemCount, pageItemsMax))
        answerCount += 1
      }
    }
    const reading = Promise.all(Array.from({ length: 64 }, (_, i) => read(i % 2 === 0 ? 'gzip' : 'identity')))
    const place: PlaceOrder = sale.at(api)
    const beganAtMs = performance.now()
    const outcomes: Record<string, number> = {}
    let megabytesMax = 0
    for (let i = 0; performance.now() - beganAtMs < 10_000 || i < 50; i += 1) {
      const { outcome } = await place({ buyer: `buyer-${i}`, key: 'k', quantity: 1 })
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
      megabytesMax = Math.max(megabytesMax, await residentMegabytes(api.pid))
    }
    stopping.abort()
    await reading
    const slowestMs = Math.max(...sale.history.map(({ askedAtMs, answeredAtMs }) => answeredAtMs - askedAtMs))
    console.log(
      `${answerCount} lists of ${itemCount} items read, orders ${JSON.stringify(outcomes)}, the slowest ${Math.round(slowestMs)} ms, ${megabytesMax} MB`,
    )
    expect(Object.keys(outcomes)).toEqual(['ACCEPTED'])
    expect(megabytesMax).toBeLessThan(600)
  },
)

async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024)
}
