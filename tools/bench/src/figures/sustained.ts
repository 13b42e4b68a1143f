import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import type { Ground } from '../ground.ts'
import { oneOf, ordersOf } from '../load/buyers.ts'
import { untilDrained } from '../load/fill-ledger.ts'
import { countPersisted, openItem, requireSold } from '../load/sales.ts'
import { acceptedStatus } from '../measure/sell-slice.ts'
import { pressSlice, requireStatus, type Slice } from '../measure/slice.ts'
import type { CpuMicros } from '../measure/watch-cpu.ts'
import { agePercentiles, watchOutbox, type AgePercentiles, type OutboxAge } from '../measure/watch-outbox.ts'
import { bareWithToken } from './bare.ts'

export interface SustainedFigure {
  readonly seconds: number
  /** Accepting while all of it is persisted, against the bare server with a token check right before and after. */
  readonly ofBareWithToken: number
  /** Rows that stood in Postgres when the last order was answered, of all that were accepted. */
  readonly persistedShare: number
  /** Age of the oldest order that waits. */
  readonly outboxAgeMs: AgePercentiles
  /** The greatest age in each second. */
  readonly outboxAgeMsBySecond: readonly number[]
  /** From the last answer until all of it was in Postgres. */
  readonly drainedAfterMs: number
  readonly cpuMicros: CpuMicros
  /** Of this machine, in this run. */
  readonly acceptedPerSecond: number
}

const warmUpMs = 2_000

/** (h) API and worker together, for as long as the rush of a flash sale lasts. */
export async function measureSustained(ground: Ground): Promise<SustainedFigure> {
  const { settings, say } = ground
  const durationMs = settings.sustainedMs
  const api = await ground.api()
  const worker = await ground.startWorker()
  const pressBare = await bareWithToken.open(ground)
  const sell = async (itemId: number, forMs: number) => {
    const requestsOf = ordersOf(ground.buyers, settings.connections, () => ({ body: oneOf(itemId) }))
    const slice = await pressSlice(ground, { servers: [api], worker, until: { ms: forMs }, requestsOf })
    requireStatus(slice, acceptedStatus)
    return slice
  }
  const finish = async (itemId: number, slice: Slice) => {
    await untilDrained(ground.redis, ledgerKeys(itemId).outbox, ground.signal)
    await requireSold(api, [itemId], slice.answerCount)
  }
  say('warming up')
  const first = await openItem(api)
  await finish(first, await sell(first, Math.min(warmUpMs, durationMs)))
  await pressBare()
  say('the bare server, before')
  const before = await pressBare()
  say(`API and worker together, ${durationMs / 1_000} s`)
  const itemId = await openItem(api)
  const watch = watchOutbox(ground.redisUrl, itemId)
  const slice = await sell(itemId, durationMs).finally(watch.stop)
  const ages = watch.stop()
  const endedAtMs = performance.now()
  const persistedCount = await countPersisted(ground, itemId)
  await finish(itemId, slice)
  const drainedAfterMs = performance.now() - endedAtMs
  say('the bare server, after')
  const after = await pressBare()
  return {
    seconds: durationMs / 1_000,
    ofBareWithToken: slice.perSecond / ((before.perSecond + after.perSecond) / 2),
    persistedShare: persistedCount / slice.answerCount,
    outboxAgeMs: agePercentiles(ages),
    outboxAgeMsBySecond: greatestOfEachSecond(ages),
    drainedAfterMs,
    cpuMicros: slice.cpuMicros,
    acceptedPerSecond: slice.perSecond,
  }
}

function greatestOfEachSecond(ages: readonly OutboxAge[]): number[] {
  const greatest: number[] = []
  for (const { atMs, ageMs } of ages) {
    const second = Math.floor(atMs / 1_000)
    greatest[second] = Math.max(greatest[second] ?? 0, ageMs)
  }
  return Array.from(greatest, (ageMs) => ageMs ?? 0)
}
