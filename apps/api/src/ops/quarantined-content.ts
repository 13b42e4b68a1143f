import type { QuarantinedRow } from '@flash-sale/database/quarantine'
import { parseOrderUuid } from '@flash-sale/stock/order-id'
import { parseEntry, type OutboxEntry, type WaitingOrder } from '@flash-sale/stock/outbox'

const textLengthMax = 2_000

/** What lies in quarantine, for people to read: the order as JSON, or the fields of the entry. */
export function contentOf({ kind, payload }: Pick<QuarantinedRow, 'kind' | 'payload'>): string {
  const text = kind === 'order' ? decoded(String(payload)) : JSON.stringify(fieldsOf(payload))
  return text.slice(0, textLengthMax)
}

/** The orders that a ledger can be offered, and the birth of the item that accepted them, if it is known; none when one cannot be read. */
export function ordersIn({ kind, payload, name, itemId }: QuarantinedRow): Pick<OutboxEntry, 'birth' | 'orders'> {
  const { birth, orders } =
    kind === 'entry'
      ? parseEntry(name, fieldsOf(payload))
      : { birth: '', orders: [readOrder(decoded(String(payload)))] }
  return { birth, orders: orders.every((order) => isOfferable(order, itemId)) ? orders : [] }
}

function readOrder(text: string): WaitingOrder {
  const { orderId, ...order } = JSON.parse(text) as Omit<WaitingOrder, 'orderId'> & { orderId: unknown }
  return { ...order, orderId: parseOrderUuid(String(orderId))?.short ?? '' }
}

/** What reserve.lua takes; the rest is for Postgres to judge. */
function isOfferable({ orderId, buyer, quantity, acceptedAtMs }: WaitingOrder, itemId: number): boolean {
  const bytes = Buffer.from(orderId, 'base64url')
  const isOfItem = bytes.length === 16 && bytes.readUInt32BE(0) === itemId
  const isNamed = typeof buyer === 'string' && buyer !== ''
  return isOfItem && isNamed && Number.isSafeInteger(quantity) && quantity > 0 && Number.isFinite(acceptedAtMs)
}

function fieldsOf(payload: QuarantinedRow['payload']): string[] {
  return [payload].flat().map(decoded)
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString()
}
