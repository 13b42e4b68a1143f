import { connectTestRedis } from '@flash-sale/testing/connect-test-redis'
import { eventually } from '@flash-sale/testing/eventually'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { watchLiveProcesses } from './live-processes.ts'
import { createProcessCounts, startReporting } from './process-report.ts'

let redis: Redis
let close: () => Promise<void>

beforeAll(async () => ({ redis, close } = await connectTestRedis()))
afterAll(() => close())

const report = (id: string) => startReporting(redis, createProcessCounts('api'), id)

function reportOnce(id: string, startedAtMs: number): Promise<unknown> {
  const body = { id, kind: 'api', startedAtMs, last: false }
  return redis.xadd('{flash-sale}:reports', '*', 'report', JSON.stringify(body))
}

test('who reports is alive, also to a Redis that was emptied since; who said goodbye or is silent for 3 s was alive until then', async () => {
  const live = watchLiveProcesses(redis, 'api')
  const alive = (sinceMs = performance.now()) => [live.aliveSince(sinceMs)].flat().toSorted()
  expect(live.aliveSince(performance.now())).toBe('UNKNOWN')
  const [one, other] = [report('one'), report('other')]
  const worker = startReporting(redis, createProcessCounts('worker'), 'worker')
  const namesAre = (...names: string[]) =>
    eventually(() => expect(alive()).toEqual(names), { what: `only ${names.join()} to be alive` })
  await namesAre(one.runName, other.runName)
  await redis.flushall()
  expect(alive()).toEqual([one.runName, other.runName])
  const beforeItsEnd = performance.now()
  await other.close()
  await namesAre(one.runName)
  expect(alive(beforeItsEnd)).toEqual([one.runName, other.runName])
  const [first, second] = [`died@${new Date(1).toISOString()}`, `died@${new Date(2).toISOString()}`]
  await reportOnce('died', 1)
  await namesAre(first, one.runName)
  const beforeItWasSilent = performance.now()
  await namesAre(one.runName)
  // In a container each run has the same name and process id.
  await reportOnce('died', 2)
  await namesAre(second, one.runName)
  expect(alive(beforeItWasSilent)).toEqual([first, second, one.runName])
  live.close()
  await Promise.all([one.close(), worker.close()])
})

test('a process that was gone before the watch began is known as far as there are reports; of the time before, nothing is', async () => {
  await reportOnce('before', 1)
  const reportedAtMs = performance.now()
  await eventually(() => expect(performance.now() - reportedAtMs).toBeGreaterThan(4_500), { what: 'its silence' })
  await redis.config('RESETSTAT')
  const live = watchLiveProcesses(redis, 'api')
  const before = `before@${new Date(1).toISOString()}`
  const silentSinceMs = reportedAtMs + 2_000
  await eventually(() => expect(live.aliveSince(silentSinceMs)).not.toBe('UNKNOWN'), { what: 'the watch to know' })
  expect(live.aliveSince(silentSinceMs)).toContain(before)
  expect(live.aliveSince(performance.now())).not.toContain(before)
  expect(live.aliveSince(reportedAtMs - 400_000)).toBe('UNKNOWN')
  live.close()
  // Each look is one question, also while there is no new report.
  expect(await redis.info('commandstats')).not.toContain('cmdstat_xrevrange')
})

test('a first look that ended half-way is made again as the first', async () => {
  const asked = redis.duplicate()
  onTestFinished(() => asked.disconnect())
  vi.spyOn(asked, 'xrange').mockRejectedValueOnce(new Error('Connection is closed.'))
  const live = watchLiveProcesses(asked, 'api')
  await eventually(() => expect(live.aliveSince(performance.now())).toEqual([]), { what: 'the watch to know' })
  live.close()
})

test('reports of a Redis that came back empty are heard though its clock is behind', async () => {
  await redis.xadd('{flash-sale}:reports', `${Date.now() + 3_600_000}-1`, 'report', JSON.stringify({ kind: 'worker' }))
  const live = watchLiveProcesses(redis, 'api')
  await eventually(() => expect(live.aliveSince(performance.now())).toEqual([]), { what: 'a first look' })
  await redis.flushall()
  const one = report('one')
  await eventually(() => expect(live.aliveSince(performance.now())).toEqual([one.runName]), { what: 'its report' })
  live.close()
  await one.close()
})
