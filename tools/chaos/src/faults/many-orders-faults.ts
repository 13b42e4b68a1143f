import { setTimeout as sleep } from 'node:timers/promises'
import { atOnce, nothingToHeal, type Fault, type Scene } from './fault.ts'

const survives = { acceptingApi: true, redisDisk: true }
const manyItems = 300
const manyOrders = 100_000
const readyWithinMs = 180_000

/** Many ledgers, or a large one, are lost at once. What was drained before is in Postgres, so only the time counts. */
export const manyOrdersFaults: readonly Fault[] = [
  {
    name: 'lose-many-items',
    title: { en: `${manyItems} items are lost at once`, zh: `${manyItems} 件商品同时丢失账本` },
    points: ['in the storm'],
    survives,
    lengthMs: atOnce,
    async prepare(scene) {
      const rows = await scene.town.postgres.query<{ id: number }>(
        `WITH sale AS (
           INSERT INTO sales (name, opens_at, closes_at)
           VALUES ('Many', now() - interval '1 hour', now() + interval '1 day') RETURNING id
         )
         INSERT INTO sale_items (sale_id, sku, name, price_cents, total, purchase_limit)
         SELECT id, 'SKU-' || n, 'One of many', 100, 1000, 2 FROM sale, generate_series(1, $1::int) n RETURNING id`,
        [manyItems],
      )
      scene.others.push(...rows.map(({ id }) => id))
      await untilLoaded(scene, scene.others, 1)
    },
    strike: loseOthers,
  },
  {
    name: 'lose-large-item',
    title: {
      en: `an item of ${manyOrders.toLocaleString('en-US')} orders is lost beside small ones`,
      zh: `一件有 ${manyOrders / 10_000} 万订单的商品与小商品同时丢失账本`,
    },
    points: ['in the storm'],
    survives,
    recoversWithinMs: 10_000,
    lengthMs: atOnce,
    async prepare(scene) {
      const [row] = await scene.town.postgres.query<{ id: number }>(
        `WITH sale AS (
           INSERT INTO sales (name, opens_at, closes_at)
           VALUES ('Large', now() - interval '1 hour', now() + interval '1 day') RETURNING id
         ), item AS (
           INSERT INTO sale_items (sale_id, sku, name, price_cents, total, persisted, purchase_limit)
           SELECT id, 'SKU-1', 'Large', 100, 2 * $1::int, $1::int, 2 FROM sale RETURNING id
         ), bought AS (
           INSERT INTO orders (id, item_id, buyer, quantity, status, accepted_at, confirmed_at)
           SELECT gen_random_uuid(), id, 'large-' || n, 1, 'confirmed', now(), now()
           FROM item, generate_series(1, $1::int) n
         ), quotas AS (
           INSERT INTO buyer_quota (item_id, buyer, units, purchase_limit)
           SELECT id, 'large-' || n, 1, 2 FROM item, generate_series(1, $1::int) n
         )
         SELECT id FROM item`,
        [manyOrders],
      )
      scene.others.push(row!.id)
      await untilLoaded(scene, scene.others, manyOrders)
    },
    strike: loseOthers,
  },
]

/** Waits until a worker has made these ledgers, of so many orders at least. */
async function untilLoaded({ town, signal }: Scene, itemIds: readonly number[], orderCount: number): Promise<void> {
  const deadline = performance.now() + readyWithinMs
  const { client } = town.redis
  for (const itemId of itemIds) {
    // The field that makes the hash a real hash table counts too.
    while ((await client.hlen(`{item:${itemId}}:orders`)) < orderCount) {
      if (performance.now() > deadline) throw new Error(`item ${itemId} was not loaded within ${readyWithinMs} ms`)
      await sleep(50, undefined, { signal })
    }
  }
}

/** Strikes when the small items of the round have nothing in their outboxes. */
async function loseOthers({ town, itemId, paidItemId, others }: Scene) {
  const parts = ['ledger', 'buyers', 'orders', 'outbox']
  const script = "return redis.call('XLEN', KEYS[4]) == 0 and redis.call('DEL', unpack(KEYS)) or 0"
  for (const id of [...others, itemId, paidItemId]) {
    const keys = parts.map((part) => `{item:${id}}:${part}`)
    while ((await town.redis.client.eval(script, keys.length, ...keys)) === 0) await sleep(1)
  }
  return nothingToHeal
}
