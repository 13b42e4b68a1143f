import type { LiveProcess, OpsFrame, OpsHistory, RateSample } from '@flash-sale/contract/live'
import type { App } from '@flash-sale/local-stack/apps/start-app'
import { storm } from '@flash-sale/kit/place-order'
import { slow, startService } from '@flash-sale/testing/start-service'
import { eventually } from '@flash-sale/testing/eventually'
import { testOpsKey } from '@flash-sale/testing/test-tokens'
import { expect, onTestFinished, test } from 'vitest'
import { openStream, type OpenStream } from '../testing/open-stream.fixture.ts'

async function watch(api: App): Promise<OpenStream> {
  const stream = await openStream(`${api.url}/v1/ops/stream`, { bearer: testOpsKey })
  onTestFinished(stream.leave)
  return stream
}

function framesOf({ events }: OpenStream): OpsFrame[] {
  return events.flatMap(({ name, data }) => (name === 'frame' ? [data as OpsFrame] : []))
}

/** The rates of the last minutes, once they add up to so many orders that were accepted and persisted. */
async function ratesOf(api: App, orderCount: number): Promise<RateSample[]> {
  const stream = await watch(api)
  const { frames } = (await stream.heard(({ name }) => name === 'history')).data as OpsHistory
  stream.leave()
  const sumOf = (name: 'accepted' | 'persisted') => frames.reduce((sum, sample) => sum + sample[name], 0)
  expect({ accepted: sumOf('accepted'), persisted: sumOf('persisted') }).toEqual({
    accepted: orderCount,
    persisted: orderCount,
  })
  return frames
}

const sharesOf = (kind: string, { processes }: OpsFrame) =>
  processes
    .filter((process) => process.kind === kind)
    .map(({ share }) => share)
    .toSorted((a, b) => a - b)

const kindsOf = (processes: readonly LiveProcess[]) => processes.map(({ kind }) => kind).toSorted()

test(
  'every process is seen, with its share, until it stops; who watches at one hears the end of that one',
  slow,
  async () => {
    const service = await startService()
    const [busy, idle, worker] = await Promise.all([service.startApi(), service.startApi(), service.startWorker()])
    const sale = await service.openSale(busy, { total: 300, purchaseLimit: 1 })
    const [atBusy, atIdle] = [await watch(busy), await watch(idle)]
    const answers = await storm([sale.at(busy)], 400, { prefix: 'buyer' })
    expect(answers.filter(({ outcome }) => outcome === 'ACCEPTED')).toHaveLength(300)

    const seenAt = (kind: string, shares: string) =>
      eventually(() => framesOf(atIdle).find((frame) => sharesOf(kind, frame).join() === shares) ?? null, {
        what: `the shares ${shares} of each ${kind}`,
      })
    await seenAt('api', '0,1')
    const { processes } = (await seenAt('worker', '1'))!
    expect(kindsOf(processes)).toEqual(['api', 'api', 'worker'])
    for (const { startedAt, lastSeenAt } of processes) expect(startedAt <= lastSeenAt).toBe(true)

    // By the history, since on a busy machine a frame may come too late to show every second.
    const rates = await eventually(() => ratesOf(idle, 300), { what: 'the rates to add up to what was sold' })
    const busiest = rates.find(({ accepted }) => accepted > 0)!
    for (const number of [busiest.p50Ms, busiest.p99Ms, busiest.batchSize, busiest.redisMicrosPerOrder]) {
      expect(number).toBeGreaterThan(0)
    }
    expect(rates.some(({ postgresMicrosPerOrder }) => (postgresMicrosPerOrder ?? 0) > 0)).toBe(true)
    expect(framesOf(atIdle).some((frame) => frame.rates.queueDepth !== null && frame.rates.outboxAgeMs !== null)).toBe(
      true,
    )

    busy.kill('SIGTERM')
    expect(await busy.exited).toEqual({ code: 0, signal: null })
    expect(await atBusy.ended).toBe(true)
    worker.kill('SIGKILL')
    await worker.exited
    await eventually(
      () => {
        const last = framesOf(atIdle).at(-1)!
        const silent = last.processes.find(({ kind }) => kind === 'worker')
        expect(kindsOf(last.processes)).toEqual(['api', 'worker'])
        expect(Date.parse(last.at) - Date.parse(silent!.lastSeenAt)).toBeGreaterThan(2_500)
      },
      { what: 'the API that stopped to be gone, and the worker that was killed to be silent' },
    )
    // Who comes later sees what was before, also at a process that nobody watched then.
    const late = await watch(await service.startApi())
    const history = (await late.heard(({ name }) => name === 'history')).data as OpsHistory
    expect(history.frames.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(300)
    expect(history.frames.reduce((sum, { refused }) => sum + (refused.SOLD_OUT ?? 0), 0)).toBe(100)
  },
)
