/** What became of the units of an order: the order holds them, has given them back, or was refused and never held any. */
export type UnitsOfOrder = 'held' | 'returned' | 'refused'

interface StatusFacts {
  readonly units: UnitsOfOrder
  /**
   * Whether nothing more happens to the order by itself; an operator may still end it. `unless-payment`: as long as its sale asks for
   * no payment.
   */
  readonly isLast: boolean | 'unless-payment'
  /** Whether Postgres has the order: each of these is a value of its enum `order_status`. */
  readonly isStored: boolean
  /** The statuses that may follow. Nothing else ever does, and nothing goes back (I8). */
  readonly next: readonly string[]
}

/** Every status of an order, for all who write, read, count or show it: the only list of them. */
export const orderStatusFacts = {
  accepted: { units: 'held', isLast: false, isStored: false, next: ['confirmed', 'rejected'] },
  confirmed: { units: 'held', isLast: 'unless-payment', isStored: true, next: ['paid', 'cancelled', 'expired'] },
  paid: { units: 'held', isLast: true, isStored: true, next: ['cancelled'] },
  cancelled: { units: 'returned', isLast: true, isStored: true, next: [] },
  expired: { units: 'returned', isLast: true, isStored: true, next: [] },
  rejected: { units: 'refused', isLast: true, isStored: true, next: [] },
} as const satisfies Record<string, StatusFacts>

type Facts = typeof orderStatusFacts

export type OrderStatus = keyof Facts

/** The statuses that a row in Postgres can have. */
export type StoredOrderStatus = {
  [Status in OrderStatus]: Facts[Status]['isStored'] extends true ? Status : never
}[OrderStatus]

export const orderStatuses = Object.keys(orderStatusFacts) as OrderStatus[]

/** Whether an order of this status holds units: they count against its buyer's limit, and nobody else can buy them. */
export function takesUnits(status: OrderStatus): boolean {
  return orderStatusFacts[status].units === 'held'
}

/** Whether an order of this status is at its end, so that its event stream ends. */
export function isLastStatus(status: OrderStatus, { asksForPayment = false } = {}): boolean {
  const { isLast } = orderStatusFacts[status]
  return isLast === 'unless-payment' ? !asksForPayment : isLast
}

/** Whether an order of the status `earlier` can come to have the status `later`, at once or by others between. */
export function comesAfter(later: OrderStatus, earlier: OrderStatus): boolean {
  const next: readonly OrderStatus[] = orderStatusFacts[earlier].next
  return next.some((status) => status === later || comesAfter(later, status))
}
