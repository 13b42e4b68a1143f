import { aMoment, atOnce, nothingToHeal, oneOf, type Fault, type Scene } from './fault.ts'

/** The log of Redis says that the keys are gone, so its disk does not have them either. */
const apiSurvives = { acceptingApi: true, redisDisk: false }
/** One of several places that know an order is gone; the others stay. */
const partSurvives = { acceptingApi: true, redisDisk: true }

const ledgerParts = ['ledger', 'buyers', 'orders', 'outbox'] as const

/** A key of both items of the round. */
function keysOf({ itemId, paidItemId }: Scene, part: string): string[] {
  return [itemId, paidItemId].map((id) => `{item:${id}}:${part}`)
}

function loseKey(part: (typeof ledgerParts)[number]): Fault {
  return {
    name: `lose-${part}`,
    title: { en: `the key "${part}" of an item is deleted`, zh: `商品的 "${part}" 键被删除` },
    points: ['in the storm', 'with a backlog', 'as orders expire'],
    survives: partSurvives,
    lengthMs: atOnce,
    async strike(scene) {
      await scene.town.redis.client.del(...keysOf(scene, part))
      return nothingToHeal
    },
  }
}

/** Somebody changes what Redis holds. */
export const dataFaults: readonly Fault[] = [
  {
    name: 'flush',
    title: { en: 'Redis is emptied (FLUSHALL)', zh: 'Redis 被清空（FLUSHALL）' },
    points: [
      'in the storm',
      'before COMMIT',
      'with a backlog',
      'in a rebuild',
      'as a buyer cancels',
      'as orders expire',
    ],
    survives: apiSurvives,
    lengthMs: atOnce,
    async strike({ town }) {
      await town.redis.client.flushall()
      return nothingToHeal
    },
  },
  {
    name: 'lose-drained-item',
    title: { en: 'all keys of a drained item are deleted', zh: '已清空发件箱的商品的所有键被删除' },
    points: ['in the storm'],
    survives: partSurvives,
    lengthMs: atOnce,
    async strike(scene) {
      const script = "return redis.call('XLEN', KEYS[4]) == 0 and redis.call('DEL', unpack(KEYS)) or 0"
      for (const id of [scene.itemId, scene.paidItemId]) {
        const keys = ledgerParts.map((part) => `{item:${id}}:${part}`)
        while ((await scene.town.redis.client.eval(script, keys.length, ...keys)) === 0) scene.signal.throwIfAborted()
      }
      return nothingToHeal
    },
  },
  loseKey('ledger'),
  loseKey('buyers'),
  loseKey('orders'),
  loseKey('outbox'),
  {
    name: 'rename-key',
    title: { en: 'a key of an item is renamed', zh: '商品的一个键被改名' },
    points: ['in the storm', 'with a backlog'],
    survives: partSurvives,
    lengthMs: atOnce,
    async strike(scene) {
      const { client } = scene.town.redis
      const keys = keysOf(scene, oneOf(ledgerParts, scene.random))
      for (const key of keys) await client.rename(key, `${key}:renamed`).catch(() => undefined)
      return async () => void (await client.del(...keys.map((key) => `${key}:renamed`)))
    },
  },
  {
    name: 'edit-available',
    title: { en: 'somebody edits `available`', zh: '有人改动 available' },
    points: ['in the storm', 'with a backlog', 'as orders expire'],
    survives: partSurvives,
    mayReject: true,
    lengthMs: atOnce,
    async strike(scene) {
      const by = scene.random() < 0.5 ? 7 : -7
      for (const key of keysOf(scene, 'ledger')) await scene.town.redis.client.hincrby(key, 'available', by)
      return nothingToHeal
    },
  },
  {
    name: 'swap-databases',
    title: { en: 'databases are swapped, and swapped back (SWAPDB)', zh: 'Redis 数据库被调换，再换回来（SWAPDB）' },
    points: ['in the storm', 'before COMMIT', 'with a backlog'],
    survives: apiSurvives,
    lengthMs: aMoment,
    async strike({ town }) {
      await town.redis.client.call('SWAPDB', '0', '1')
      return async () => void (await town.redis.client.call('SWAPDB', '0', '1'))
    },
  },
  {
    name: 'lose-queue',
    title: { en: 'all keys of the queue are deleted', zh: '队列的所有键被删除' },
    points: ['in the storm', 'with a backlog'],
    survives: partSurvives,
    lengthMs: atOnce,
    async strike({ town }) {
      const keys = await town.redis.client.keys('{flash-sale}:*')
      if (keys.length > 0) await town.redis.client.del(...keys)
      return nothingToHeal
    },
  },
  {
    name: 'redis-clock-was-ahead',
    title: {
      en: 'the clock of Redis was an hour ahead: entries come from the future',
      zh: 'Redis 时钟曾快一小时：条目来自未来',
    },
    points: ['in the storm', 'with a backlog', 'after COMMIT'],
    survives: partSurvives,
    lengthMs: atOnce,
    async strike(scene) {
      // The ids of a stream never go back: that is all that is left of such a clock.
      const id = `${Date.now() + 3_600_000}-0`
      for (const key of keysOf(scene, 'outbox')) await scene.town.redis.client.call('XSETID', key, id)
      return nothingToHeal
    },
  },
  {
    name: 'expire-leases',
    title: { en: 'the clock of Redis jumps: every expiry is over', zh: 'Redis 时钟跳变：所有过期时间立即到期' },
    points: ['in the storm', 'before COMMIT', 'in a rebuild'],
    survives: partSurvives,
    lengthMs: atOnce,
    async strike({ town }) {
      const { client } = town.redis
      for (const key of await client.keys('*')) {
        if ((await client.pttl(key)) > 0) await client.pexpire(key, 0)
      }
      return nothingToHeal
    },
  },
]
