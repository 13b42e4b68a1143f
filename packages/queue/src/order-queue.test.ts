import { connectTestRedis } from '@flash-sale/testing/connect-test-redis'
import { eventually } from '@flash-sale/testing/eventually'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { createDoorbell, type Doorbell, type OrderJob } from './order-queue.ts'

let connection: Awaited<ReturnType<typeof connectTestRedis>>
const missed = vi.fn()

beforeAll(async () => {
  connection = await connectTestRedis()
})
afterAll(() => connection?.close())
beforeEach(async () => {
  missed.mockReset()
  await connection.redis.flushall()
})

const entry = (itemId: number, n: number): OrderJob => ({ itemId, epoch: 1, entryId: `${n}-0` })

async function rung({ queue }: Doorbell): Promise<string[]> {
  return (await queue.getJobs(['waiting'])).map(({ data }) => `${data.itemId}:${data.entryId}`).toSorted()
}

test('the first ring of an item goes off at once; of a burst after it only the last does', async () => {
  const doorbell = createDoorbell(connection.redis, missed)
  for (let n = 1; n <= 50; n += 1) doorbell.ring(entry(1, n))
  doorbell.ring(entry(2, 1))
  await eventually(async () => expect(await rung(doorbell)).toEqual(['1:1-0', '1:50-0', '2:1-0']), {
    what: 'the rings',
  })
  doorbell.ring(entry(1, 51))
  await eventually(async () => expect(await rung(doorbell)).toContain('1:51-0'), { what: 'a ring after the burst' })
  await doorbell.close()
  expect(missed).not.toHaveBeenCalled()
})

test('after the first ones, the rings of all items go off together', async () => {
  const doorbell = createDoorbell(connection.redis, missed)
  const add = vi.spyOn(doorbell.queue, 'addBulk')
  for (let itemId = 1; itemId <= 3; itemId += 1) {
    for (let n = 1; n <= 5; n += 1) doorbell.ring(entry(itemId, n))
  }
  await eventually(async () => expect(await rung(doorbell)).toHaveLength(6), { what: 'two rings of each item' })
  expect(add.mock.calls.map(([jobs]) => jobs.map(({ data }) => `${data.itemId}:${data.entryId}`))).toEqual([
    ['1:1-0'],
    ['2:1-0'],
    ['3:1-0'],
    ['1:5-0', '2:5-0', '3:5-0'],
  ])
  await doorbell.close()
})

test('closing rings what was not rung yet', async () => {
  const doorbell = createDoorbell(connection.redis, missed)
  for (let n = 1; n <= 3; n += 1) doorbell.ring(entry(1, n))
  await doorbell.close()
  const again = createDoorbell(connection.redis, missed)
  expect(await rung(again)).toEqual(['1:1-0', '1:3-0'])
  await again.close()
})

test('a ring that is not heard is told, and the next one is heard', async () => {
  const doorbell = createDoorbell(connection.redis, missed)
  const add = vi.spyOn(doorbell.queue, 'addBulk').mockRejectedValueOnce(new Error('Redis is away'))
  doorbell.ring(entry(1, 1))
  doorbell.ring(entry(1, 2))
  await eventually(async () => expect(await rung(doorbell)).toEqual(['1:2-0']), { what: 'the second ring' })
  expect(missed).toHaveBeenCalledExactlyOnceWith(expect.any(Error), entry(1, 1))
  expect(add).toHaveBeenCalledTimes(2)
  await doorbell.close()
})

test('a ring that gets no answer does not keep it from closing', async () => {
  const doorbell = createDoorbell(connection.redis, missed)
  vi.spyOn(doorbell.queue, 'addBulk').mockReturnValue(new Promise(() => undefined))
  doorbell.ring(entry(1, 1))
  const beganAtMs = performance.now()
  await doorbell.close()
  expect(performance.now() - beganAtMs).toBeLessThan(10_000)
})
