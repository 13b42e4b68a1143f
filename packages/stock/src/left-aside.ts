import type { Redis } from 'ioredis'
import { countAside, type AsideKeys } from './aside.ts'
import { parseEntry } from './outbox.ts'
import { isPackedOrder, unpackOrder, type RememberedOrder } from './packed-order.ts'

/** What an item left in Redis that was moved out of the way. */
export interface LeftAside extends AsideKeys {
  readonly itemId: number
  /** The birth of the item, or 'unknown'; with a number behind where that was taken. */
  readonly name: string
}

/** An order that lies aside. `orderId`: the short spelling. */
export type OrderAside = RememberedOrder & { readonly orderId: string }

/** Keys, fields or entries read in one step. */
const stepCount = 1_000
const asideKey = /^(\{item:(\d{1,10})\}:aside:(.+):)(?:ledger|buyers|orders|outbox)$/

/** All that lies aside, by item. Walks over all keys of this Redis, a step at a time. */
export async function listAside(redis: Redis): Promise<LeftAside[]> {
  const found = new Map<string, { itemId: number; name: string }>()
  let cursor = '0'
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', '{item:*}:aside:*', 'COUNT', stepCount)
    cursor = next
    for (const key of keys) {
      const [, prefix, itemId, name] = asideKey.exec(key) ?? []
      if (prefix !== undefined) found.set(prefix, { itemId: Number(itemId), name: name! })
    }
  } while (cursor !== '0')
  const left = await Promise.all(
    [...found].map(async ([prefix, item]) => ({ ...item, ...(await countAside(redis, prefix)) })),
  )
  return left.toSorted((a, b) => a.itemId - b.itemId || a.name.localeCompare(b.name))
}

/** The beginning of the names of these keys. */
export function asidePrefix(itemId: number, name: string): string {
  return `{item:${itemId}}:aside:${name}:`
}

/**
 * Walks over the orders under a prefix: those that the ledger remembered, then those that stand in outbox entries alone. Some may come
 * twice.
 */
export async function* ordersAside(redis: Redis, prefix: string): AsyncGenerator<OrderAside[], void> {
  let cursor = '0'
  do {
    const [next, fields] = await redis.hscan(`${prefix}orders`, cursor, 'COUNT', stepCount)
    cursor = next
    const orders: OrderAside[] = []
    for (let i = 0; i + 1 < fields.length; i += 2) {
      if (isPackedOrder(fields[i + 1]!)) orders.push({ orderId: fields[i]!, ...unpackOrder(fields[i + 1]!) })
    }
    yield orders
  } while (cursor !== '0')
  for (let start = '-'; ;) {
    const entries = await redis.xrange(`${prefix}outbox`, start, '+', 'COUNT', stepCount)
    if (entries.length === 0) return
    const waiting = entries.flatMap(([id, fields]) => parseEntry(id, fields).orders)
    yield await notRemembered(redis, `${prefix}orders`, waiting)
    start = `(${entries.at(-1)![0]}`
  }
}

async function notRemembered(
  redis: Redis,
  key: string,
  orders: ReturnType<typeof parseEntry>['orders'],
): Promise<OrderAside[]> {
  if (orders.length === 0) return []
  const remembered = await redis.hmget(key, ...orders.map(({ orderId }) => orderId))
  return orders.flatMap(({ orderId, buyer, quantity, acceptedAtMs, refused }, i) =>
    remembered[i] === null
      ? { orderId, buyer, quantity, acceptedAtMs, standing: refused === undefined ? 'held' : 'refused' }
      : [],
  )
}
