import { expect, test } from 'vitest'
import { storm } from '@flash-sale/kit/place-order'
import { slow, startService } from '@flash-sale/testing/start-service'

const persist = (bytes: Buffer) => bytes.includes('persist_orders')

test(
  'a worker told to stop in the middle of a backlog finishes what it holds, exits with 0, and the next one does the rest',
  slow,
  async () => {
    const service = await startService()
    const postgres = await service.postgresProxy()
    const api = await service.startApi()
    const sale = await service.openSale(api, { total: 2_000, purchaseLimit: 1 })
    // One after the other, so that each is an entry of its own.
    for (let i = 0; i < 150; i += 1) await storm([sale.at(api)], 1, { prefix: `buyer-${i}` })
    const outboxLength = () => service.redis.xlen(`{item:${sale.itemId}}:outbox`)
    const backlog = await outboxLength()
    // More entries than a worker reads at a time.
    expect(backlog).toBeGreaterThan(64)

    const held = postgres.holdRepliesFrom(persist)
    const worker = await service.startWorker({ postgres })
    await held
    worker.kill('SIGTERM')
    const notYet = await Promise.race([
      worker.exited,
      new Promise((resolve) => setTimeout(resolve, 500, 'still there')),
    ])
    expect(notYet).toBe('still there')
    expect(await outboxLength()).toBe(backlog)
    postgres.passAll()
    expect(await worker.exited).toEqual({ code: 0, signal: null })
    const left = await outboxLength()
    expect(left).toBeLessThan(backlog)

    await service.startWorker()
    await sale.becomesExact()
  },
)

test(
  'a worker that was paused while its item was flushed and rebuilt has its orders adopted, or visibly rejected',
  slow,
  async () => {
    const service = await startService()
    const postgres = await service.postgresProxy()
    const api = await service.startApi()
    const sale = await service.openSale(api, { total: 30, purchaseLimit: 1 })
    const { itemId } = sale
    await storm([sale.at(api)], 10, { prefix: 'held' })
    // Nobody persisted yet, so the worker's first reading is all of them.
    const held = postgres.holdRequestsFrom(persist)
    const paused = await service.startWorker({ postgres })
    await held
    paused.kill('SIGSTOP')
    await service.redis.del(...(await service.redis.keys(`{item:${itemId}}:*`)))
    await service.startWorker()
    await storm([sale.at(api)], 25, { prefix: 'between' })
    paused.kill('SIGCONT')
    postgres.passAll()
    await storm([sale.at(api)], 20, { prefix: 'late' })
    await sale.becomesExact({ redisForgot: true })
    const { rows } = await sale.stored()
    expect(rows.filter(({ active }) => active)).toHaveLength(30)
    expect(rows.filter(({ buyer }) => buyer.startsWith('held'))).toHaveLength(10)
    expect(rows.filter(({ buyer, rejected }) => rejected && !buyer.startsWith('held'))).toEqual([])
  },
)
