import type { OrderView } from '@flash-sale/contract/orders'
import type { KeptText } from '../../browser/kept-text.ts'

/** Remembers orders that were just accepted, since the service lists an order only once Postgres has it. */
export interface OrderMemory {
  /** The name under which the browser keeps the orders. */
  readonly name: string
  /** The newest first. The list stays the same object until an order changes. */
  readonly list: () => readonly OrderView[]
  readonly remember: (order: OrderView) => void
  readonly forget: (orderIds: readonly string[]) => void
  /** Reads the orders again, since another tab of this buyer changed them. */
  readonly readAgain: () => void
  /** Calls `onChange` at each change that is made through this memory, and after `readAgain`. */
  readonly subscribe: (onChange: () => void) => () => void
}

const rememberedMax = 20

export function createOrderMemory(kept: KeptText, buyer: string): OrderMemory {
  const name = `flash-sale.orders:${buyer}`
  const listeners = new Set<() => void>()
  let orders = parseOrders(kept.get(name))

  /** The orders of this tab and of the buyer's other tabs. An order that another tab forgot stays until this tab has seen it listed. */
  function readAll(): readonly OrderView[] {
    const stored = parseOrders(kept.get(name))
    const ids = new Set(stored.map(({ orderId }) => orderId))
    return [...stored, ...orders.filter(({ orderId }) => !ids.has(orderId))]
  }

  function change(changed: (before: readonly OrderView[]) => readonly OrderView[]): void {
    orders = changed(readAll()).slice(0, rememberedMax)
    if (orders.length === 0) kept.remove(name)
    else kept.set(name, JSON.stringify(orders))
    tell()
  }

  function tell(): void {
    for (const listener of listeners) listener()
  }

  return {
    name,
    readAgain() {
      orders = readAll()
      tell()
    },
    list: () => orders,
    remember: (order) => change((before) => [order, ...before.filter(({ orderId }) => orderId !== order.orderId)]),
    forget(orderIds) {
      const isMeant = ({ orderId }: OrderView) => orderIds.includes(orderId)
      if (orders.some(isMeant)) change((before) => before.filter((order) => !isMeant(order)))
    },
    subscribe(onChange) {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
  }
}

function parseOrders(text: string | undefined): readonly OrderView[] {
  try {
    const orders: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(orders) ? orders.filter(isOrder) : []
  } catch {
    return []
  }
}

function isOrder(order: Partial<OrderView> | null): order is OrderView {
  return typeof order?.orderId === 'string' && typeof order.itemId === 'number' && typeof order.acceptedAt === 'string'
}
