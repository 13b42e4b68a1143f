import { buyerTokenSigner } from '@flash-sale/kit/sign-tokens'
import type { OrderRequest } from './generator.ts'

const tokenLifeMs = 6 * 3_600_000

/** The Authorization headers of so many buyers. */
export function signBuyers(jwtSecret: string, count: number): string[] {
  const tokenOf = buyerTokenSigner(jwtSecret, tokenLifeMs)
  return Array.from({ length: count }, (_, i) => `Bearer ${tokenOf(`buyer-${i}`)}`)
}

/** Each connection's own buyers, in equal slices, each with the order that it sends. */
export function ordersOf(
  buyers: readonly string[],
  connections: number,
  orderOf: (connection: number, turn: number) => Omit<OrderRequest, 'authorization'>,
): (connection: number) => OrderRequest[] {
  const size = Math.max(1, Math.floor(buyers.length / connections))
  return (connection) =>
    Array.from({ length: size }, (_, turn) => ({
      authorization: buyers[(connection * size + turn) % buyers.length]!,
      ...orderOf(connection, turn),
    }))
}

/** One unit of an item. */
export function oneOf(itemId: number): string {
  return JSON.stringify({ itemId, quantity: 1 })
}
