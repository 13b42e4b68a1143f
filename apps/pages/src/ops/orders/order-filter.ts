import { isId } from '../is-id.ts'

/** Whose or which orders to list. The address holds it, so that a reader can send it to a colleague. */
export interface OrderFilter {
  readonly buyer?: string
  readonly itemId?: string
}

/** The filter in an address. A number that cannot be an item's is left out. */
export function filterIn(address: URLSearchParams): OrderFilter {
  const buyer = address.get('buyer')?.trim() ?? ''
  const itemId = address.get('itemId')?.trim() ?? ''
  return { ...(buyer !== '' && { buyer }), ...(isId(itemId) && { itemId }) }
}

export function isFiltered(filter: OrderFilter): boolean {
  return Object.keys(filter).length > 0
}

/** The list of a buyer's orders. */
export function pathToBuyer(buyer: string): string {
  return `/orders?${new URLSearchParams({ buyer }).toString()}`
}
