import { setTimeout as sleep } from 'node:timers/promises'
import type { Text } from '@flash-sale/kit/text'
import type { Point, Scene } from '../faults/fault.ts'
import type { TownProcess } from '../town/town-process.ts'

/** Brings the system to a point while buyers buy. Resolves, when it stands there, with what lets it go on. */
type Reach = (scene: Scene) => Promise<() => void>

const reachWithinMs = 20_000
const lookEveryMs = 10
const backlogOrdersMin = 60

export const pointTitles: Readonly<Record<Point, Text>> = {
  'in the storm': { en: 'in the storm', zh: '抢购之中' },
  'after the script ran': { en: 'after the script ran', zh: '脚本执行之后、答复之前' },
  'before COMMIT': { en: 'before COMMIT', zh: 'COMMIT 之前' },
  'after COMMIT': { en: 'after COMMIT', zh: 'COMMIT 之后、确认之前' },
  'with a backlog': { en: 'with a backlog', zh: '发件箱有积压' },
  'in a rebuild': { en: 'in a rebuild', zh: '重建之中' },
  'as a buyer cancels': { en: 'as a buyer cancels', zh: '买家取消已提交、货未退回' },
  'as orders expire': { en: 'as orders expire', zh: '订单过期已提交、货未退回' },
  'as money comes': { en: 'as money comes', zh: '款项已入账、未答复支付方' },
}

const reaches: Readonly<Record<Point, Reach>> = {
  'in the storm': () => Promise.resolve(() => undefined),
  async 'after the script ran'({ api, itemId }) {
    void api.redis.holdRepliesFrom((bytes) => bytes.includes(`{item:${itemId}}:outbox`))
    await until(() => api.redis.repliesHeldCount() > 0)
    return api.redis.passAll
  },
  async 'before COMMIT'({ worker }) {
    void worker.postgres.holdRequestsFrom((bytes) => bytes.includes('persist_orders'))
    await until(() => worker.postgres.requestsHeldCount() > 0)
    return worker.postgres.passAll
  },
  'after COMMIT': ({ worker }) => afterCommitOf('persist_orders', worker),
  async 'with a backlog'({ town, itemId }) {
    const ordersBefore = await rowCount()
    for (const worker of town.workers) worker.pause()
    const accepted = () => town.redis.client.hlen(`{item:${itemId}}:orders`)
    await until(async () => (await accepted()) - ordersBefore > backlogOrdersMin)
    return () => town.workers.forEach((worker) => worker.resume())

    async function rowCount() {
      const [row] = await town.postgres.query<{ count: number }>(
        'SELECT count(*)::int AS count FROM orders WHERE item_id = $1',
        [itemId],
      )
      return row!.count
    }
  },
  async 'in a rebuild'({ town, api, itemId }) {
    void api.postgres.holdRequestsFrom((bytes) => bytes.includes('SET epoch = greatest'))
    void town.operator(api).rebuildItem(itemId)
    await until(() => api.postgres.requestsHeldCount() > 0)
    return api.postgres.passAll
  },
  // Committed, and the process does not know it yet: the units of the order are on their way back.
  'as a buyer cancels': ({ api }) => afterCommitOf('end_orders', api),
  async 'as orders expire'({ town, worker }) {
    const others = town.workers.filter((one) => one !== worker)
    for (const other of others) other.pause()
    const passAll = await afterCommitOf('end_orders', worker)
    return () => {
      passAll()
      for (const other of others) other.resume()
    }
  },
  'as money comes': ({ api }) => afterCommitOf('apply_payment', api),
}

async function afterCommitOf(functionName: string, { postgres }: TownProcess): Promise<() => void> {
  void postgres.holdRepliesFrom((bytes) => bytes.includes(functionName))
  await until(() => postgres.repliesHeldCount() > 0)
  return postgres.passAll
}

export function reach(point: Point, scene: Scene): Promise<() => void> {
  return reaches[point](scene).catch((error: unknown) => {
    throw new Error(`the point "${point}" was not reached`, { cause: error })
  })
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + reachWithinMs
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited ${reachWithinMs} ms`)
    await sleep(lookEveryMs)
  }
}
