import type { UnitsOfOrder } from '@flash-sale/contract/order-statuses'

/** What the ledger remembers of an order, as `reserve.lua` packs it: `[-|!]quantity:acceptedAtMs:buyer`. */
export interface RememberedOrder {
  readonly quantity: number
  readonly acceptedAtMs: number
  readonly buyer: string
  /** `held`: takes units; `returned`: gave them back; `refused`: accepted by an older epoch, refused when adopted. */
  readonly standing: UnitsOfOrder
}

/** What a packed order begins with. */
export const standingMarks = { held: '', returned: '-', refused: '!' } as const satisfies Record<UnitsOfOrder, string>

/** Packs an order as the ledger's `orders` hash stores it. A rebuild has Postgres pack them (`read-ledger-part.ts` of upkeep). */
export function packOrder(order: RememberedOrder): string {
  return `${standingMarks[order.standing]}${order.quantity}:${order.acceptedAtMs}:${order.buyer}`
}

const packedOrder = /^([-!]?)(\d+):(\d+):(.*)$/su

/** Whether a value of the `orders` hash is one that our scripts write. */
export function isPackedOrder(value: string): boolean {
  return packedOrder.test(value)
}

/** Reads a packed order. Throws on anything that our scripts do not write. */
export function unpackOrder(packed: string): RememberedOrder {
  const match = packedOrder.exec(packed)
  if (!match) throw new Error(`not a packed order: ${packed.slice(0, 40)}`)
  const [, mark, quantity, acceptedAtMs, buyer] = match
  const standing = mark === '-' ? 'returned' : mark === '!' ? 'refused' : 'held'
  return { standing, quantity: Number(quantity), acceptedAtMs: Number(acceptedAtMs), buyer: buyer! }
}
