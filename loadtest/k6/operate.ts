import { check } from 'k6'
import http from 'k6/http'
import { complain } from './complain.ts'
import { plan } from './plan.ts'

/** Acts as an operator: a POST below /v1/ops, which must answer 200. */
export function operate(path: string, body?: unknown, key?: string): void {
  const headers = {
    Authorization: `Bearer ${__ENV['OPS_KEY']}`,
    ...(body !== undefined && { 'Content-Type': 'application/json' }),
    ...(key !== undefined && { 'Idempotency-Key': key }),
  }
  const payload = body === undefined ? null : JSON.stringify(body)
  const response = http.post(`${plan.baseUrl}/v1/ops${path}`, payload, { headers, tags: { name: 'POST /v1/ops' } })
  const done = check(response, { 'the operator was obeyed': ({ status }) => status === 200 })
  if (!done) complain(`the operator's ${path}: ${response.status} ${response.error || JSON.stringify(response.body)}`)
}

/** The available units of an item, from the public list of sales. */
export function availableOf(itemId: number): number | undefined {
  const { status, body } = http.get(`${plan.baseUrl}/v1/sales/${plan.saleId}`, {
    responseType: 'text',
    tags: { name: 'GET /v1/sales/:saleId' },
  })
  if (status !== 200 || !body) return undefined
  const sale: { items: { itemId: number; available: number }[] } = JSON.parse(body)
  return sale.items.find((item) => item.itemId === itemId)?.available
}
