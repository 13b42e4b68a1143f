import type { Ground } from '../ground.ts'
import { oneOf, ordersOf } from '../load/buyers.ts'
import { openItem, removeLastLedgers, requireSold } from '../load/sales.ts'
import { interleave } from '../measure/interleave.ts'
import { sellSlice } from '../measure/sell-slice.ts'
import { pressSlice, requireStatus } from '../measure/slice.ts'
import { ratioOf, spreadOf, type Spread } from '../measure/spread.ts'

export interface LevelsFigure {
  readonly connections: number
  /** Accepting at `replicated` against `fsync`, by the same Redis with one replica. */
  readonly replicatedOfFsync: Spread
  /** Slowest hundredth of the orders, ms. */
  readonly p99Ms: { readonly replicated: Spread; readonly fsync: Spread }
  /** From the request of an order with `Prefer: wait` to its 201, ms, while a worker runs. */
  readonly committedMs: { readonly p50: Spread; readonly p99: Spread }
}

/** What waits for a batch grows with the connections, and a batch waits for its replica once. */
const connections = 128
/** So few that what is measured is the way to Postgres, and not the line before it. */
const committedConnections = 16
const committedStatus = 201
const preference = 'wait=10'

/** (n) What the acknowledgement levels above `fsync` cost. */
export async function measureLevels(ground: Ground): Promise<LevelsFigure> {
  const { settings, say: onSlice, signal } = ground
  await ground.startReplica()
  const apis = {
    fsync: await ground.api(),
    replicated: await ground.startApi({ ACKNOWLEDGEMENT_LEVEL: 'replicated', REDIS_REPLICA_COUNT: '1' }),
  }
  const sellAt = (level: keyof typeof apis) => () => sellSlice(ground, { servers: [apis[level]], connections })
  const contenders = { replicated: sellAt('replicated'), fsync: sellAt('fsync') }
  const { replicated, fsync } = await interleave(contenders, { ...settings, signal, onSlice })

  await removeLastLedgers(ground)
  await ground.startWorker()
  const commit = async () => {
    const itemId = await openItem(apis.fsync)
    const requestsOf = ordersOf(ground.buyers, committedConnections, () => ({
      body: oneOf(itemId),
      prefer: preference,
    }))
    const slice = await pressSlice(ground, { servers: [apis.fsync], connections: committedConnections, requestsOf })
    requireStatus(slice, committedStatus)
    await requireSold(apis.fsync, [itemId], slice.answerCount)
    return slice
  }
  const { committed } = await interleave({ committed: commit }, { ...settings, warmUpRounds: 1, signal, onSlice })
  return {
    connections,
    replicatedOfFsync: ratioOf(
      replicated.map((slice) => slice.perSecond),
      fsync.map((slice) => slice.perSecond),
    ),
    p99Ms: {
      replicated: spreadOf(replicated.map((slice) => slice.p99Ms)),
      fsync: spreadOf(fsync.map((slice) => slice.p99Ms)),
    },
    committedMs: {
      p50: spreadOf(committed.map((slice) => slice.p50Ms)),
      p99: spreadOf(committed.map((slice) => slice.p99Ms)),
    },
  }
}
