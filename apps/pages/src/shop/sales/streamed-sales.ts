import type { SaleView } from '@flash-sale/contract/sales'
import type { SalesEvent, StockEvent } from '@flash-sale/contract/sales-events'

/** What the page knows of a sale, and the moment of which it is true, in ms by the browser's own clock. */
export interface SaleReading {
  readonly sale: SaleView
  readonly asOfMs: number
}

/** What the stream of the sales told this page. */
export interface StreamedSales {
  /** The stream is open, so that every change reaches this page by itself. */
  readonly isOpen: boolean
  /** The service tells that its stores do not answer. */
  readonly isAway: boolean
  /** The moment of the last event, in ms by the browser's own clock. */
  readonly asOfMs: number
  /** The sales that are on or to come. */
  readonly saleIds: readonly number[]
  /** There are further sales, which are not on the stream. */
  readonly hasMore: boolean
  /** All sales that were told, also those that have ended since. */
  readonly readings: ReadonlyMap<number, SaleReading>
}

/** The sales after an event `sales`. */
export function takeSales(known: StreamedSales | undefined, event: SalesEvent, asOfMs: number): StreamedSales {
  const { saleIds, hasMore } = event
  const readings = new Map(known?.readings)
  for (const saleId of saleIds) {
    const reading = readings.get(saleId)
    if (reading) readings.set(saleId, { ...reading, asOfMs })
  }
  for (const sale of event.sales) readings.set(sale.saleId, { sale, asOfMs })
  return { isOpen: true, isAway: false, asOfMs, saleIds, hasMore, readings }
}

/** The sales after an event `stock`. */
export function takeStock(known: StreamedSales, { available }: StockEvent, asOfMs: number): StreamedSales {
  const readings = new Map(known.readings)
  for (const saleId of known.saleIds) {
    const reading = readings.get(saleId)
    if (reading) readings.set(saleId, { sale: withStock(reading.sale, available), asOfMs })
  }
  return { ...known, isAway: false, asOfMs, readings }
}

/** The same sale if nothing of it changed, so that it is not drawn again. */
function withStock(sale: SaleView, available: StockEvent['available']): SaleView {
  if (!sale.items.some(({ itemId }) => itemId in available)) return sale
  return {
    ...sale,
    items: sale.items.map((item) => ({ ...item, available: available[item.itemId] ?? item.available })),
  }
}

/** Whether the page need not read the sale: the stream tells of it, or the sale is over and does not change any more. */
export function isStreamed(streamed: StreamedSales | undefined, saleId: number, isOver: boolean): boolean {
  return streamed?.isOpen === true && (isOver || streamed.saleIds.includes(saleId))
}

/** The newer of two readings of a sale. */
export function laterOf(a: SaleReading | undefined, b: SaleReading | undefined): SaleReading | undefined {
  return a && b ? (b.asOfMs > a.asOfMs ? b : a) : (a ?? b)
}

/**
 * The listed sales and those of the stream together, each as it was known last. A listed sale that left the stream is over, and leaves the
 * list too, unless the address wants it or nothing else is on.
 */
export function listedSales(
  listed: readonly SaleReading[],
  streamed: StreamedSales | undefined,
  wanted: string | null,
): SaleReading[] {
  if (!streamed) return [...listed]
  const { saleIds, readings, hasMore, asOfMs } = streamed
  const latest = (reading: SaleReading) => laterOf(reading, readings.get(reading.sale.saleId))!
  if (listed.some((reading) => reading.asOfMs > asOfMs)) return listed.map(latest)
  const onStream = saleIds.flatMap((saleId) => readings.get(saleId) ?? [])
  const isKept = (saleId: number) => hasMore || saleIds.length === 0 || String(saleId) === wanted
  const others = listed.filter(({ sale: { saleId } }) => !saleIds.includes(saleId) && isKept(saleId))
  return [...onStream, ...others.map(latest)]
}
