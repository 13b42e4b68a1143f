import { isId } from '../is-id.ts'

/** A search for orders; an empty text matches any. The address holds it, so that a reader can send the search to a colleague. */
export interface OrderSearch {
  readonly buyer: string
  readonly orderId: string
  readonly itemId: string
}

export type SearchErrors = Partial<Record<'orderId' | 'itemId', true>>

export function searchIn(address: URLSearchParams): OrderSearch {
  const read = (name: string) => address.get(name)?.trim() ?? ''
  return { buyer: read('buyer'), orderId: read('orderId').toLowerCase(), itemId: read('itemId') }
}

export function addressOf(search: OrderSearch): string {
  const given = Object.entries(search).filter(([, text]) => text !== '')
  return new URLSearchParams(given).toString()
}

/** The fields that the service would refuse. */
export function errorsIn({ orderId, itemId }: OrderSearch): SearchErrors {
  return {
    ...(orderId !== '' && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(orderId) && { orderId: true }),
    ...(itemId !== '' && !isId(itemId) && { itemId: true }),
  }
}
