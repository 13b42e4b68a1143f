import type { OrdersChunk } from './rebuild-ledger.ts'

/** An id of this name, as long as short ids are. */
export function shortIdOf(name: string): string {
  return name.padEnd(22, '-')
}

/** A chunk as a rebuild reads it from Postgres. `orders`: their packed texts, by name. */
export function chunkOf(orders: Readonly<Record<string, string>>): OrdersChunk {
  const paddedIds = Object.keys(orders).map((name) => `${shortIdOf(name)}AA`)
  const packed = Object.values(orders).map((text) => JSON.stringify(text))
  return { paddedIds: paddedIds.join('').slice(0, -2), packedOrders: `[${packed.join(', ')}]` }
}
