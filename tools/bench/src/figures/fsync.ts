import type { Ground } from '../ground.ts'
import { interleave } from '../measure/interleave.ts'
import { sellSlice } from '../measure/sell-slice.ts'
import { ratioOf, spreadOf, type Spread } from '../measure/spread.ts'

export interface FsyncFigure {
  readonly connections: number
  /** Accepting with `appendfsync always` against `everysec`. */
  readonly alwaysOfEverysec: Spread
  /** Slowest hundredth of the orders, ms. */
  readonly p99Ms: { readonly always: Spread; readonly everysec: Spread }
}

/** The result depends on the number of connections: batches grow with it, and each batch costs one fsync. */
const connections = 128

/** (l) The cost of having an accepted order on the disk before its buyer gets the answer. */
export async function measureFsync(ground: Ground): Promise<FsyncFigure> {
  const { settings, say: onSlice, signal, redis } = ground
  const api = await ground.startApi({ ACKNOWLEDGEMENT_LEVEL: 'everysec' })
  const sellWith = (policy: 'always' | 'everysec') => async () => {
    await redis.config('SET', 'appendfsync', policy)
    return sellSlice(ground, { servers: [api], connections })
  }
  const contenders = { always: sellWith('always'), everysec: sellWith('everysec') }
  const { always, everysec } = await interleave(contenders, { ...settings, signal, onSlice })
  await redis.config('SET', 'appendfsync', 'always')
  return {
    connections,
    alwaysOfEverysec: ratioOf(
      always.map((slice) => slice.perSecond),
      everysec.map((slice) => slice.perSecond),
    ),
    p99Ms: {
      always: spreadOf(always.map((slice) => slice.p99Ms)),
      everysec: spreadOf(everysec.map((slice) => slice.p99Ms)),
    },
  }
}
