/** The classes of a link within text. */
export const linkClass = 'text-accent underline-offset-2 hover:underline'

/** The page of a sale, with its items. */
export function pathToSale(saleId: number): string {
  return `/sales/${saleId}`
}

/** The orders of an item, in Postgres. */
export function pathToItemOrders(itemId: number): string {
  return `/orders?itemId=${itemId}`
}

/** What a text names: an order id, a buyer, an item. */
export function pathToSearch(text: string): string {
  return `/orders?${new URLSearchParams({ text }).toString()}`
}

/** The acts on a sale and its items. */
export function pathToSaleTrail(saleId: number): string {
  return `/trail?saleId=${saleId}`
}
