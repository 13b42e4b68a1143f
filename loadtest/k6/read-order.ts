import type { OrderStatus } from '@flash-sale/contract/order-statuses'
import http from 'k6/http'
import { plan } from './plan.ts'

export interface OrderRead {
  readonly status: number
  readonly body?: {
    readonly orderId?: string
    readonly status?: OrderStatus
    readonly code?: string
    readonly number?: number
  }
}

/** GET /v1/orders/:orderId as a buyer. `expected` is the status that this reader must get. */
export function readOrder(orderId: string, token: string, expected = 200): OrderRead {
  const response = http.get(`${plan.baseUrl}/v1/orders/${orderId}`, {
    headers: { Authorization: `Bearer ${token}` },
    responseCallback: http.expectedStatuses(expected),
    responseType: 'text',
    tags: { name: 'GET /v1/orders/:orderId' },
  })
  return { status: response.status, ...(response.body && { body: JSON.parse(response.body) }) }
}
