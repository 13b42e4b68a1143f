/** The units of an order: the order holds them, has returned them, or was refused and never held any. */
export type UnitsOfOrder = 'held' | 'returned' | 'refused'

interface StatusFacts {
  readonly units: UnitsOfOrder
  /**
   * Whether the status no longer changes by itself. An operator may still end the order. `unless-payment`: it is the last status if the
   * sale asks for no payment.
   */
  readonly isLast: boolean | 'unless-payment'
  /** Whether Postgres has the order. Such a status is a value of the enum `order_status`. */
  readonly isStored: boolean
  /** The statuses that may follow. No other status follows, and no order goes back (I8). */
  readonly next: readonly string[]
}

/** Every status of an order. It is the only list: stores, answers, counters and pages derive from it. */
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

/** Whether an order of this status holds units. Such units count against the buyer's limit, and nobody else can buy them. */
export function takesUnits(status: OrderStatus): boolean {
  return orderStatusFacts[status].units === 'held'
}

/** Whether this is the last status of an order, at which its event stream ends. */
export function isLastStatus(status: OrderStatus, { asksForPayment = false } = {}): boolean {
  const { isLast } = orderStatusFacts[status]
  return isLast === 'unless-payment' ? !asksForPayment : isLast
}

/** Whether an order can go from the status `earlier` to the status `later`, directly or through others. */
export function comesAfter(later: OrderStatus, earlier: OrderStatus): boolean {
  const next: readonly OrderStatus[] = orderStatusFacts[earlier].next
  return next.some((status) => status === later || comesAfter(later, status))
}
