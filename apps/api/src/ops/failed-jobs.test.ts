import { AuditTrail } from '@flash-sale/contract/audit-trail'
import { FailedJobs, RetriedJob } from '@flash-sale/contract/jobs'
import { createOrderWorker, type OrderJob } from '@flash-sale/queue/order-queue'
import { createLogger } from '@flash-sale/runtime/logger'
import { closeRedis, connectRedis } from '@flash-sale/runtime/redis'
import { eventually } from '@flash-sale/testing/eventually'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { buyerToken, testOpsKey } from '@flash-sale/testing/test-tokens'
import { afterEach, expect, onTestFinished, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { withApi } from '../testing/start-test-api.fixture.ts'

const stores = withTestStores()
const api = withApi({ stores })
afterEach(() => api.queue.obliterate({ force: true }))

/** Answers the bell until the test ends, or until it is told to stop. */
function startWorker(answer: (job: OrderJob) => Promise<void>): () => Promise<void> {
  const redis = connectRedis({
    url: stores.redis.url,
    role: 'queue-worker',
    logger: createLogger({ name: 'worker', level: 'silent' }),
  })
  const worker = createOrderWorker(redis, 1, answer, () => undefined)
  const stop = async () => {
    await worker.close()
    await closeRedis(redis)
  }
  onTestFinished(stop)
  return stop
}

/** A job that is tried once, so that a worker that fails fails it for good. */
async function add(job: OrderJob): Promise<string> {
  const jobId = `${job.itemId}-${job.epoch}-${job.entryId}`
  await api.queue.add('persist', job, { jobId, attempts: 1 })
  return jobId
}

const failed = async () => expectSuccess(await api.get('/v1/ops/jobs/failed', testOpsKey), 200, FailedJobs).jobs
const retry = (jobId: string, key?: string) => api.operate(`/v1/ops/jobs/${jobId}/retry`, undefined, key)

test('jobs that failed for good are listed, newest first, with what went wrong and when', async () => {
  expect(await failed()).toEqual([])
  startWorker(({ itemId }) => Promise.reject(new Error(`item ${itemId} would not be stored`)))
  const older = await add({ itemId: 7, epoch: 1, entryId: '1700000000000-0' })
  await eventually(async () => (await failed()).length === 1, { what: 'the first to fail' })
  const newer = await add({ itemId: 8, epoch: 2, entryId: '1700000000001-3' })
  await eventually(async () => (await failed()).length === 2, { what: 'both to fail' })
  const jobs = await failed()
  expect(jobs.map(({ jobId }) => jobId)).toEqual([newer, older])
  expect(jobs[0]).toMatchObject({
    itemId: 8,
    entryId: '1700000000001-3',
    failedReason: 'item 8 would not be stored',
    attempts: 1,
  })
  expect(Math.abs(Date.parse(jobs[0]!.failedAt) - Date.now())).toBeLessThan(10_000)
})

test('a retried job is answered again and leaves the list, once, and the trail says so', async () => {
  let isMended = false
  const answered: OrderJob[] = []
  startWorker(async (job) => {
    if (!isMended) throw new Error('not yet')
    answered.push(job)
  })
  const job = { itemId: 9, epoch: 1, entryId: '1700000000002-0' }
  const jobId = await add(job)
  await eventually(async () => (await failed()).length === 1, { what: 'the job to fail' })
  isMended = true
  expect(expectSuccess(await retry(jobId), 200, RetriedJob)).toEqual({ jobId })
  await eventually(() => answered.length === 1, { what: 'the retry' })
  expect(answered).toEqual([job])
  await eventually(async () => (await failed()).length === 0, { what: 'the list to be empty' })
  expectProblem(await retry(jobId, 'another retry'), 'JOB_NOT_FOUND')
  const { events } = expectSuccess(await api.get('/v1/ops/audit-events?itemId=9', testOpsKey), 200, AuditTrail)
  expect(events).toMatchObject([{ actor: 'ops', action: 'retry', itemId: 9, detail: { jobId, outcome: 'DONE' } }])
})

/** A job that failed for good, with no worker left that would answer its retry. */
async function failOne(entryId: string): Promise<string> {
  const jobId = await add({ itemId: 10, epoch: 1, entryId })
  const stop = startWorker(() => Promise.reject(new Error('not yet')))
  await eventually(async () => (await failed()).length === 1, { what: 'the job to fail' })
  await stop()
  return jobId
}

test('a retry that cannot be told in the audit trail is not done', async () => {
  const jobId = await failOne('1700000000005-0')
  await api.stores.database.$executeRaw`ALTER TABLE audit_events RENAME TO out_of_reach`
  const answer = await retry(jobId)
  await api.stores.database.$executeRaw`ALTER TABLE out_of_reach RENAME TO audit_events`
  expect(answer.statusCode).toBeGreaterThanOrEqual(500)
  expect((await failed()).map((job) => job.jobId)).toEqual([jobId])
})

test('a retry whose end cannot be told any more is answered, and stays in the trail as not known', async () => {
  const jobId = await failOne('1700000000006-0')
  const { database } = api.stores
  await database.$executeRaw`CREATE RULE no_updates AS ON UPDATE TO audit_events DO INSTEAD SELECT 1 / 0`
  const answer = await retry(jobId)
  await database.$executeRaw`DROP RULE no_updates ON audit_events`
  expectSuccess(answer, 200, RetriedJob)
  expect(await failed()).toEqual([])
  const { events } = expectSuccess(await api.get('/v1/ops/audit-events?itemId=10&limit=1', testOpsKey), 200, AuditTrail)
  expect(events).toMatchObject([{ action: 'retry', detail: { jobId, outcome: 'UNKNOWN' } }])
})

test('a job that waits has not failed, and one that never was is not found', async () => {
  const waiting = await add({ itemId: 7, epoch: 1, entryId: '1700000000003-0' })
  expectProblem(await retry(waiting), 'JOB_NOT_FOUND')
  expectProblem(await retry('7-1-1600000000000-0'), 'JOB_NOT_FOUND')
})

test.each([
  ['no data', undefined],
  ['null for data', null],
  ['text for data', 'persist it'],
  ['data of another shape', { itemId: 'x', epoch: 1 }],
  ['an item that cannot be', { itemId: 0, epoch: 1, entryId: '1-0' }],
])('a job with %s, which somebody added by hand, is listed by its name beside the others', async (_what, data) => {
  startWorker(() => Promise.reject(new Error('whatever')))
  await api.queue.add('persist', data as unknown as OrderJob, { jobId: '7-1-1700000000004-1', attempts: 1 })
  await api.queue.add('by hand', data as unknown as OrderJob, { jobId: 'by-hand', attempts: 1 })
  const jobId = await add({ itemId: 7, epoch: 1, entryId: '1700000000004-0' })
  await eventually(async () => (await api.queue.getFailedCount()) === 3, { what: 'all to fail' })
  const jobs = (await failed()).toSorted((a, b) => a.jobId.localeCompare(b.jobId))
  expect(jobs.map((job) => [job.jobId, job.itemId, job.entryId, job.failedReason])).toEqual([
    [jobId, 7, '1700000000004-0', 'whatever'],
    ['7-1-1700000000004-1', undefined, undefined, 'whatever'],
    ['by-hand', undefined, undefined, 'whatever'],
  ])
})

test.each(['x', '1-1', '1-1-1-1-1', '0-1-1-1', '2147483648-1-1-1', 'constructor', '%00'])(
  '%s is no job id',
  async (jobId) => {
    expectProblem(await retry(jobId), 'INVALID_REQUEST')
  },
)

test('only operators see and retry jobs', async () => {
  expectProblem(await api.get('/v1/ops/jobs/failed'), 'UNAUTHORIZED')
  expectProblem(await api.get('/v1/ops/jobs/failed', buyerToken('ann')), 'FORBIDDEN')
})
