import { Client } from 'pg'
import { expect, test } from 'vitest'
import { eventually } from '@flash-sale/testing/eventually'
import type { FaultProxy } from '@flash-sale/testing/fault-proxy'
import { storm } from '@flash-sale/kit/place-order'
import { slow, startService, type Service } from '@flash-sale/testing/start-service'

const persist = (bytes: Buffer) => bytes.includes('persist_orders')

async function rowCount(service: Service): Promise<number> {
  const client = new Client(service.stores.database.url)
  await client.connect()
  const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM orders')
  await client.end()
  return Number(rows[0]!.count)
}

/** Sells, kills a worker once it has come to where `stopAt` holds it, and lets another one finish. */
async function killWorkerAt(
  stopAt: (postgres: FaultProxy) => Promise<void>,
  isThere: (numbers: { rows: number; waiting: number }) => boolean,
): Promise<void> {
  const service = await startService()
  const postgres = await service.postgresProxy()
  const [api, doomed] = await Promise.all([service.startApi(), service.startWorker({ postgres })])
  const sale = await service.openSale(api, { total: 100, purchaseLimit: 1 })
  const stopped = stopAt(postgres)
  await storm([sale.at(api)], 80)
  await stopped
  const numbers = async () => ({
    rows: await rowCount(service),
    waiting: await service.redis.xlen(`{item:${sale.itemId}}:outbox`),
  })
  await eventually(async () => isThere(await numbers()), { what: 'the worker to be in the middle of its step' })
  doomed.kill('SIGKILL')
  await doomed.exited
  postgres.cut()
  await service.startWorker()
  await sale.becomesExact()
  expect(await numbers()).toEqual({ rows: 80, waiting: 0 })
  await storm([sale.at(api)], 30, { prefix: 'late' })
  await sale.becomesExact()
  expect(await rowCount(service)).toBe(100)
}

test('a worker killed before its COMMIT leaves everything to the next one', slow, async () => {
  await killWorkerAt(
    (postgres) => postgres.holdRequestsFrom(persist),
    ({ rows, waiting }) => rows === 0 && waiting > 0,
  )
})

test(
  'a worker killed after its COMMIT and before its acknowledgement leaves orders that count once',
  slow,
  async () => {
    await killWorkerAt(
      (postgres) => postgres.holdRepliesFrom(persist),
      ({ rows, waiting }) => rows > 0 && waiting > 0,
    )
  },
)
