import type { Redis } from 'ioredis'
import { ledgerKeys } from './ledger-keys.ts'
import { unpackOrder } from './packed-order.ts'

const askedCountMax = 1_000

/** Those of these orders (short ids) that hold units by the ledger. For an audit, not for deciding: the ledger is not judged here. */
export async function findHeldOrders(redis: Redis, itemId: number, orderIds: readonly string[]): Promise<Set<string>> {
  const held = new Set<string>()
  for (let i = 0; i < orderIds.length; i += askedCountMax) {
    const asked = orderIds.slice(i, i + askedCountMax)
    const found = await redis.hmget(ledgerKeys(itemId).orders, ...asked)
    for (const [n, packed] of found.entries()) {
      if (packed != null && unpackOrder(packed).standing === 'held') held.add(asked[n]!)
    }
  }
  return held
}
