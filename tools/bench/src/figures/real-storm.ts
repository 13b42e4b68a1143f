import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import type { App } from '@flash-sale/local-stack/apps/start-app'
import type { Ground } from '../ground.ts'
import { oneOf } from '../load/buyers.ts'
import { untilDrained } from '../load/fill-ledger.ts'
import { countPersisted, openItem, requireSold } from '../load/sales.ts'
import { interleave } from '../measure/interleave.ts'
import { acceptedStatus, untilAllCame } from '../measure/sell-slice.ts'
import { pressSlice, requireStatus, type Slice } from '../measure/slice.ts'
import { ratioOf, spreadOf, type Spread } from '../measure/spread.ts'
import { cpuOfEach, watchCpu, type CpuMicros, type Part } from '../measure/watch-cpu.ts'
import { agePercentiles, watchOutbox, type AgePercentiles, type OutboxAge } from '../measure/watch-outbox.ts'
import { startBareServer } from './bare.ts'
import { cpuSpreads } from './storm.ts'

export interface RealStormFigure {
  readonly orderCount: number
  /** Accepted orders against what the bare server without a token check answers to the same requests. */
  readonly ofBare: Spread
  /** CPU an order until the last one is in Postgres: of each part, of all parts, and of the bare server. Missing without /proc. */
  readonly cpuMicros: Readonly<Partial<Record<Part, Spread>>>
  readonly cpuMicrosOfAll?: Spread
  readonly cpuMicrosOfBare?: Spread
  /** Orders in Postgres when the last one was answered, of all. */
  readonly persistedShare: Spread
  /** How long the oldest accepted order waited for Postgres, over all rounds. */
  readonly outboxAgeMs: AgePercentiles
  readonly p99Ms: Spread
  /** Of this machine, in this run. */
  readonly perSecond: Spread
}

interface StormSlice extends Slice {
  readonly persistedShare: number
  readonly ages: readonly OutboxAge[]
}

/**
 * (p) The storm as it is: each buyer comes once, and the worker persists meanwhile, on the same cores. The bare server gets the same requests
 * in turns with it, and does not look at their tokens.
 */
export async function measureRealStorm(ground: Ground): Promise<RealStormFigure> {
  const { settings, say: onSlice, signal } = ground
  const { bare, storm } = await openRealStorm(ground)
  const slices = await interleave<'bare' | 'storm', Slice>({ bare, storm }, { ...settings, signal, onSlice })
  return figureOf(settings.newBuyers, slices.storm as StormSlice[], slices.bare)
}

export async function openRealStorm(
  ground: Ground,
): Promise<{ readonly bare: () => Promise<Slice>; readonly storm: () => Promise<StormSlice> }> {
  const { settings, signal } = ground
  const api = await ground.api()
  const worker = await ground.startWorker()
  const bareServer = await startBareServer(ground, { checksTokens: false })
  let sliceCount = 0
  const press = (server: App, itemId: number) => {
    sliceCount += 1
    const [jwtSecret, name, count] = [ground.secrets.JWT_SECRET, `storm-${sliceCount}`, settings.newBuyers]
    const newBuyers = { jwtSecret, name, count, bodies: [oneOf(itemId)] }
    return pressSlice(ground, { servers: [server], newBuyers, until: untilAllCame })
  }
  const storm = async (): Promise<StormSlice> => {
    const itemId = await openItem(api)
    const used = watchCpu({
      api: [api.pid],
      worker: [worker.pid],
      redis: [ground.redisPid],
      postgres: [ground.postgresPid],
    })
    const watch = watchOutbox(ground.redisUrl, itemId)
    const slice = await press(api, itemId).finally(watch.stop)
    const persistedCount = await countPersisted(ground, itemId)
    await untilDrained(ground.redis, ledgerKeys(itemId).outbox, signal)
    const cpuMicros = cpuOfEach(used(), slice.answerCount)
    requireStatus(slice, acceptedStatus)
    await requireSold(api, [itemId], slice.answerCount)
    return { ...slice, cpuMicros, persistedShare: persistedCount / slice.answerCount, ages: watch.stop() }
  }
  const bare = async () => {
    const slice = await press(bareServer, 1)
    requireStatus(slice, acceptedStatus)
    return slice
  }
  return { bare, storm }
}

function figureOf(orderCount: number, storm: readonly StormSlice[], bare: readonly Slice[]): RealStormFigure {
  const ofAll = storm.map(({ cpuMicros }) => sumOf(cpuMicros)).filter((micros) => micros > 0)
  const ofBare = bare.flatMap(({ cpuMicros }) => cpuMicros.api ?? [])
  return {
    orderCount,
    ofBare: ratioOf(rates(storm), rates(bare)),
    cpuMicros: cpuSpreads(storm),
    ...(ofAll.length > 0 && { cpuMicrosOfAll: spreadOf(ofAll) }),
    ...(ofBare.length > 0 && { cpuMicrosOfBare: spreadOf(ofBare) }),
    persistedShare: spreadOf(storm.map((slice) => slice.persistedShare)),
    outboxAgeMs: agePercentiles(storm.flatMap(({ ages }) => ages)),
    p99Ms: spreadOf(storm.map((slice) => slice.p99Ms)),
    perSecond: spreadOf(rates(storm)),
  }
}

function rates(slices: readonly Slice[]): number[] {
  return slices.map((slice) => slice.perSecond)
}

function sumOf(cpu: CpuMicros): number {
  return Object.values(cpu).reduce((sum, micros) => sum + micros, 0)
}
