import { check } from 'k6'
import exec from 'k6/execution'
import http from 'k6/http'
import { steadyArrivals } from '../k6/arrivals.ts'
import type { Answer } from '../k6/answers.ts'
import { judged } from '../k6/judged.ts'
import { createOrdering } from '../k6/orders.ts'
import { buyerCount, hotItem, plan, tokenOf } from '../k6/plan.ts'
import { readOrder } from '../k6/read-order.ts'

export { handleSummary } from '../k6/judged.ts'

const three = plan.items[1]!
const noSuchItem = 2 ** 31 - 1

const { buy, place } = createOrdering(['SOLD_OUT', 'LIMIT_REACHED', 'KEY_CONFLICT'])

export const options = judged(
  {
    buyers: { ...steadyArrivals(), exec: 'press' },
    visitor: { executor: 'per-vu-iterations', vus: 1, iterations: 1, exec: 'askEverything' },
  },
  { [`accepted_item_${hotItem.itemId}`]: [`count==${hotItem.total}`] },
)

export function press(): void {
  const buyer = exec.scenario.iterationInTest
  buy({ token: tokenOf(buyer), itemId: hotItem.itemId, quantity: 1, key: `smoke-${buyer}` })
}

/** One visitor with three accounts, an item of three units and a limit of two: provokes every answer that does not depend on time. */
export function askEverything(): void {
  const [one, two, other] = [1, 2, 3].map((fromTheEnd) => tokenOf(buyerCount - fromTheEnd)) as [string, string, string]
  const first = { token: one, itemId: three.itemId, quantity: 1, key: 'first' }
  const bought = place(first)
  const again = place(first)
  check(null, {
    'an order is accepted': () => bought.kind === 'accepted',
    'the same key gives the same order': () =>
      'orderId' in bought && again.kind === 'replayed' && again.orderId === bought.orderId,
    'the same key with another quantity is a conflict': () =>
      isRefused(place({ ...first, quantity: 2 }), 'KEY_CONFLICT'),
    'more than the limit is refused': () => isRefused(place({ ...first, quantity: 2, key: 'more' }), 'LIMIT_REACHED'),
    'another buyer takes the rest': () => place({ ...first, token: two, quantity: 2 }).kind === 'accepted',
    'then it is sold out': () => isRefused(place({ ...first, token: other }), 'SOLD_OUT'),
  })
  if ('orderId' in bought) checkReading(bought.orderId, one, two)
  check(null, {
    'without a token: 401': () => orderStatus('', { itemId: three.itemId, quantity: 1 }, 401) === 'UNAUTHORIZED',
    'no such item: 404': () => orderStatus(one, { itemId: noSuchItem, quantity: 1 }, 404) === 'ITEM_NOT_FOUND',
    'nothing is coerced: 400': () =>
      orderStatus(one, { itemId: three.itemId, quantity: '1' }, 400) === 'INVALID_REQUEST',
    'an operator must be one: 403 or 401': () => [401, 403].includes(auditStatus(one)),
  })
}

function checkReading(orderId: string, owner: string, stranger: string): void {
  check(null, {
    'a buyer reads their order': () => readOrder(orderId, owner).body?.orderId === orderId,
    'nobody else does': () => readOrder(orderId, stranger, 404).body?.code === 'ORDER_NOT_FOUND',
  })
}

function isRefused(answer: Answer, code: string): boolean {
  return answer.kind === 'refused' && answer.code === code
}

/** Sends an order. Returns the problem code of the answer; undefined if its status is not `expected`. */
function orderStatus(token: string, body: unknown, expected: number): string | undefined {
  const response = http.post(`${plan.baseUrl}/v1/orders`, JSON.stringify(body), {
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
    responseCallback: http.expectedStatuses(expected),
    responseType: 'text',
    tags: { name: 'POST /v1/orders' },
  })
  const problem: { code?: string } = JSON.parse(response.body || '{}')
  return response.status === expected ? problem.code : undefined
}

function auditStatus(token: string): number {
  return http.get(`${plan.baseUrl}/v1/ops/items/${three.itemId}/audit`, {
    headers: { Authorization: `Bearer ${token}` },
    responseCallback: http.expectedStatuses(401, 403),
    tags: { name: 'GET /v1/ops/items/:itemId/audit' },
  }).status
}
