import { eventually } from '@flash-sale/testing/eventually'
import { startService, type Service } from '@flash-sale/testing/start-service'
import { takeDatabaseCopy } from '@flash-sale/testing/test-database'
import { storm } from '@flash-sale/kit/place-order'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { runCommand } from './run-command.fixture.ts'

/** Several processes and commands start one after the other: half a minute on an idle machine, minutes on a busy one. */
const patient = { timeout: 300_000 }

/** What a worker logs at level 50 and above. */
async function startTellingWorker(service: Service) {
  const told: string[] = []
  const worker = await service.startWorker({ env: { LOG_LEVEL: 'error' }, onLine: (line) => told.push(line) })
  return { worker, told: (text: string) => told.filter((line) => line.includes(text)) }
}

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
  'Postgres restored from before a sale: the sale sells nothing, its number is given to no other, and an operator brings it back',
  patient,
  async () => {
    const service = await startService()
    const [api, { told }] = await Promise.all([service.startApi(), startTellingWorker(service)])
    const copy = await takeDatabaseCopy(service.stores.database.url)
    const sale = await service.openSale(api, { total: 100, purchaseLimit: 1 })
    await storm([sale.at(api)], 40)
    await sale.becomesExact()

    await copy.restore()
    let latecomers = 0
    const placeLate = () => sale.at(api)({ buyer: `late-${(latecomers += 1)}`, key: 'k', quantity: 1 })
    const refuses = async () => expect(await placeLate()).toMatchObject({ outcome: 'UNAVAILABLE' })
    await eventually(refuses, { what: 'the sale to sell nothing' })
    for (let i = 0; i < 5; i += 1) await refuses()
    const missing = 'whose item is not in Postgres'
    await eventually(() => expect(told(missing)).toHaveLength(1), { what: 'the worker to say so' })
    const { value: ready } = (await service.ops(api).ready()) as { value: { degraded: string[] } }
    expect(ready.degraded[0]).toContain(`not in Postgres (${sale.itemId})`)
    const another = await service.startApi()
    expect(await sale.at(another)({ buyer: 'new', key: 'k', quantity: 1 })).toMatchObject({ outcome: 'UNAVAILABLE' })
    const { orderId } = sale.history.find(({ outcome }) => outcome === 'ACCEPTED')!
    expect(await service.ops(another).readOrder(orderId!)).toMatchObject({ problem: { code: 'UNAVAILABLE' } })

    const next = await service.openSale(api, { total: 5, purchaseLimit: 1 })
    expect(next.itemId).toBeGreaterThan(sale.itemId)
    expect(next.saleId).toBeGreaterThan(sale.saleId)
    await storm([next.at(api)], 10)
    await next.becomesExact()
    expect(next.history.filter(({ outcome }) => outcome === 'ACCEPTED')).toHaveLength(5)

    const accepted = () => sale.history.filter(({ outcome }) => outcome === 'ACCEPTED').length
    expect(await runCommand('missing-items', service.stores)).toContain(
      `item ${sale.itemId} of sale ${sale.saleId}: ${accepted()} orders`,
    )
    expect(await runCommand('missing-items', service.stores, 'restore', `${sale.itemId}`)).toContain('again')
    await sale.becomesExact()
    await storm([sale.at(api)], 80, { prefix: 'last' })
    await sale.becomesExact()
    expect(accepted()).toBe(100)
    expect(told(missing)).toHaveLength(1)
  },
)

test(
  'Postgres restored from before a restock has the total back from the ledger, and every order that was sold out of it',
  patient,
  async () => {
    const service = await startService()
    const [api, { worker, told }] = await Promise.all([service.startApi(), startTellingWorker(service)])
    const sale = await service.openSale(api, { total: 300, purchaseLimit: 1 })
    const copy = await takeDatabaseCopy(service.stores.database.url)
    expect(await service.ops(api).restockItem(sale.itemId, { units: 700 })).toMatchObject({ ok: true })
    await storm([sale.at(api)], 500)
    await sale.becomesExact()
    // These wait in the outbox when Postgres has forgotten out of which total they were sold.
    worker.kill('SIGSTOP')
    await storm([sale.at(api)], 104, { prefix: 'waiting' })

    await copy.restore()
    worker.kill('SIGCONT')
    await sale.becomesExact()
    const counted = `SELECT count(*)::int AS n FROM orders WHERE status = 'confirmed' AND item_id = ${sale.itemId}`
    expect(await query(service, counted)).toEqual([{ n: 604 }])
    expect(await query(service, `SELECT total, total_version FROM sale_items WHERE id = ${sale.itemId}`)).toEqual([
      { total: 1000, total_version: 1 },
    ])
    expect(told('Postgres is older than the ledger')).toHaveLength(1)
    const broughtBack = `SELECT FROM audit_events WHERE detail ->> 'broughtBackTotal' = '1000'`
    expect(await query(service, broughtBack)).toHaveLength(1)
    await storm([sale.at(api)], 500, { prefix: 'last' })
    await sale.becomesExact()
    expect(sale.history.filter(({ outcome }) => outcome === 'ACCEPTED')).toHaveLength(1000)
  },
)
