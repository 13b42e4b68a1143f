import { connectTestRedis } from '@flash-sale/testing/connect-test-redis'
import { eventually } from '@flash-sale/testing/eventually'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { watchLiveProcesses } from './live-processes.ts'
import { createProcessCounts, startReporting } from './process-report.ts'

let redis: Redis
let close: () => Promise<void>

beforeAll(async () => ({ redis, close } = await connectTestRedis()))
afterAll(() => close())

const report = (id: string) => startReporting(redis, createProcessCounts('api'), id)

test('who reports is alive, also to a Redis that was emptied since; who said goodbye or is silent for 3 s is not', async () => {
  const live = watchLiveProcesses(redis, 'api')
  expect(live.names()).toBe('UNKNOWN')
  const [one, other] = [report('one'), report('other')]
  const worker = startReporting(redis, createProcessCounts('worker'), 'worker')
  const namesAre = (...names: string[]) =>
    eventually(() => expect([live.names()].flat().toSorted()).toEqual(names), {
      what: `only ${names.join()} to be alive`,
    })
  await namesAre('one', 'other')
  await redis.flushall()
  expect([live.names()].flat().toSorted()).toEqual(['one', 'other'])
  await other.close()
  await namesAre('one')
  await redis.xadd('{flash-sale}:reports', '*', 'report', JSON.stringify({ id: 'died', kind: 'api', last: false }))
  await namesAre('died', 'one')
  await namesAre('one')
  live.close()
  await Promise.all([one.close(), worker.close()])
})
