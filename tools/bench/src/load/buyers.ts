import { orderBody, type OrderRequest } from '@flash-sale/kit/order-request'
import { buyerTokenSigner } from '@flash-sale/kit/sign-tokens'

const tokenLifeMs = 6 * 3_600_000

/** The tokens of so many buyers. */
export function signBuyers(jwtSecret: string, count: number, name = 'buyer'): string[] {
  const tokenOf = buyerTokenSigner(jwtSecret, tokenLifeMs)
  return Array.from({ length: count }, (_, i) => tokenOf(`${name}-${i}`))
}

/** Each connection's own buyers, in equal slices, each with the order that it sends. */
export function ordersOf(
  buyers: readonly string[],
  connections: number,
  orderOf: (connection: number, turn: number) => Omit<OrderRequest, 'token'>,
): (connection: number) => OrderRequest[] {
  const size = Math.max(1, Math.floor(buyers.length / connections))
  return (connection) =>
    Array.from({ length: size }, (_, turn) => ({
      token: buyers[(connection * size + turn) % buyers.length]!,
      ...orderOf(connection, turn),
    }))
}

/** One unit of an item. */
export function oneOf(itemId: number): string {
  return orderBody(itemId, 1)
}
