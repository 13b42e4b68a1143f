import { connectTestRedis } from '@flash-sale/testing/connect-test-redis'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { announceLedger, readAnnouncements } from './offers-first.ts'

let redis: Redis
let close: () => Promise<void>

beforeAll(async () => ({ redis, close } = await connectTestRedis()))
afterAll(() => close())

const ledger = (itemId: number) => ({ itemId, birth: '7', epoch: 2 })

test('of a Redis that came back empty with a clock slightly behind, the announcements on both sides of the last one are read', async () => {
  await redis.del('{flash-sale}:offers-first')
  const announce = (id: string, itemId: number) =>
    redis.xadd('{flash-sale}:offers-first', id, 'item', itemId, 'epoch', 2, 'birth', '7')
  await announce('100-0', 1)
  const { lastId } = await readAnnouncements(redis, '0')
  await redis.del('{flash-sale}:offers-first')
  await announce('90-0', 2)
  await announce('110-0', 3)
  expect(await readAnnouncements(redis, lastId)).toEqual({ ledgers: [ledger(2), ledger(3)], lastId: '110-0' })
})

test('each announcement is read once, also those of a Redis that came back empty with a clock that is behind', async () => {
  await redis.del('{flash-sale}:offers-first')
  await announceLedger(redis, ledger(1))
  await announceLedger(redis, ledger(2))
  const first = await readAnnouncements(redis, '0')
  expect(first.ledgers).toEqual([ledger(1), ledger(2)])
  expect(await readAnnouncements(redis, first.lastId)).toEqual({ ledgers: [], lastId: first.lastId })
  await redis.flushall()
  expect(await readAnnouncements(redis, first.lastId)).toEqual({ ledgers: [], lastId: first.lastId })
  await redis.xadd('{flash-sale}:offers-first', '1-0', 'item', 3, 'epoch', 2, 'birth', '7')
  const second = await readAnnouncements(redis, first.lastId)
  expect(second).toEqual({ ledgers: [ledger(3)], lastId: '1-0' })
  await announceLedger(redis, ledger(4))
  expect(await readAnnouncements(redis, second.lastId)).toMatchObject({ ledgers: [ledger(4)] })
})
