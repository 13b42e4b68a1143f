import type { LedgerVerdict } from '@flash-sale/contract/order-outcomes'
import type { StoredState } from './change-ledger.ts'
import type { Released, ReleasedUnits } from './release.ts'
import type { OrderToReserve } from './reserve.ts'

interface ModelOrder {
  readonly buyer: string
  readonly quantity: number
  standing: 'held' | 'returned' | 'refused'
  /** Accepted by an older epoch, long ago. */
  readonly isOld: boolean
}

/** The ledger as plainly as it can be said, for the scripts to be compared with: no keys, no packing, one order at a time. */
export class LedgerModel {
  readonly orders = new Map<string, ModelOrder>()
  /** What a worker would find: accepted orders, and refusals of adopted ones. */
  readonly announced: { orderId: string; refused: boolean }[] = []
  state: StoredState | 'settled' = 'live'

  constructor(
    public total: number,
    readonly purchaseLimit: number,
  ) {}

  get available(): number {
    return this.total - this.unitsOf(() => true)
  }

  heldBy(buyer: string): number {
    return this.unitsOf((order) => order.buyer === buyer)
  }

  reserve(order: OrderToReserve): LedgerVerdict {
    const before = this.orders.get(order.orderId)
    if (before) return before.quantity === order.quantity ? 'REPLAYED' : 'KEY_CONFLICT'
    if (this.firstIdOf(order) !== undefined) return 'REPLAYED'
    if (this.state === 'closed' || this.state === 'settled') return 'CLOSED'
    if (this.state === 'paused') return 'PAUSED'
    const verdict = this.judge(order)
    if (verdict === 'RESERVED') this.remember(order, 'held', false)
    return verdict
  }

  /** The earlier order that a keyless one is, sent again: one of its own id first, so undefined then. */
  firstIdOf({ orderId, keyless }: OrderToReserve): string | undefined {
    if (!keyless || keyless.windowMs < 0 || this.orders.has(orderId)) return undefined
    return keyless.firstIds.find((id) => this.orders.get(id)?.isOld === false)
  }

  adopt(order: OrderToReserve): LedgerVerdict {
    const before = this.orders.get(order.orderId)
    if (before) return before.quantity === order.quantity ? 'REPLAYED' : 'KEY_CONFLICT'
    const verdict = this.judge(order)
    this.remember(order, verdict === 'RESERVED' ? 'held' : 'refused', true)
    return verdict
  }

  release(orderId: string, units: ReleasedUnits): Released {
    const order = this.orders.get(orderId)
    if (!order) return 'UNKNOWN'
    if (order.standing !== 'held') return 'GIVEN_BACK_BEFORE'
    order.standing = 'returned'
    if (units === 'withdraw') this.total -= order.quantity
    return 'GIVEN_BACK'
  }

  setState(state: StoredState): 'CHANGED' | 'CLOSED' {
    if (this.state === 'closed' && state !== 'closed') return 'CLOSED'
    this.state = state
    return 'CHANGED'
  }

  settle(available: number): 'CHANGED' | 'NOT_CLOSED' {
    const isClosed = this.state === 'closed' || this.state === 'settled'
    if (!isClosed || this.announced.length > 0 || available !== this.available) return 'NOT_CLOSED'
    this.state = 'settled'
    return 'CHANGED'
  }

  setTotal(total: number): 'CHANGED' | 'BELOW_TAKEN' {
    if (total < this.total - this.available) return 'BELOW_TAKEN'
    this.total = total
    return 'CHANGED'
  }

  private judge({ buyer, quantity }: OrderToReserve): LedgerVerdict {
    if (this.heldBy(buyer) + quantity > this.purchaseLimit) return 'LIMIT_REACHED'
    return quantity > this.available ? 'SOLD_OUT' : 'RESERVED'
  }

  private remember({ orderId, buyer, quantity }: OrderToReserve, standing: 'held' | 'refused', isOld: boolean): void {
    this.orders.set(orderId, { buyer, quantity, standing, isOld })
    this.announced.push({ orderId, refused: standing === 'refused' })
  }

  private unitsOf(wanted: (order: ModelOrder) => boolean): number {
    let units = 0
    for (const order of this.orders.values()) if (order.standing === 'held' && wanted(order)) units += order.quantity
    return units
  }
}
