import { check } from 'k6'
import exec from 'k6/execution'
import { steadyArrivals } from '../k6/arrivals.ts'
import type { Answer } from '../k6/answers.ts'
import { judged } from '../k6/judged.ts'
import { createOrdering } from '../k6/orders.ts'
import { hotItem, tokenOf } from '../k6/plan.ts'

export { handleSummary } from '../k6/judged.ts'

const copiesAtOnce = 3
const ordersWithoutKey = 5
const visitMs = 1_000

const { place, placeTogether } = createOrdering(['LIMIT_REACHED', 'KEY_CONFLICT'])

export const options = judged({ buyers: { ...steadyArrivals(visitMs), exec: 'insist' } })

/** A buyer sends copies and retries of one order, and then orders more than the purchase limit. */
export function insist(): void {
  const buyer = exec.scenario.iterationInTest
  const order = { token: tokenOf(buyer), itemId: hotItem.itemId, quantity: 1 }
  const keyed = { ...order, key: `insist-${buyer}` }

  const copies = placeTogether(Array.from({ length: copiesAtOnce }, () => keyed))
  const later = place(keyed)
  const orderIds = [...copies, later].map((answer) => ('orderId' in answer ? answer.orderId : answer.kind))
  check(null, {
    'of copies sent at once exactly one is the order': () => count(copies, 'accepted') === 1,
    'every copy has the same order id': () => new Set(orderIds).size === 1,
    'a retry is told that it is one': () => later.kind === 'replayed',
  })

  const other = place({ ...keyed, quantity: 2 })
  check(other, { 'another quantity under the same key is a conflict': (answer) => hasCode(answer, 'KEY_CONFLICT') })

  const more = placeTogether(Array.from({ length: ordersWithoutKey }, () => order))
  const left = hotItem.purchaseLimit - 1
  check(more, {
    'without a key each is an order of its own, up to the limit': (answers) => count(answers, 'accepted') === left,
    'and no further': (answers) =>
      answers.filter((answer) => hasCode(answer, 'LIMIT_REACHED')).length === ordersWithoutKey - left,
  })
}

function count(answers: readonly Answer[], kind: Answer['kind']): number {
  return answers.filter((answer) => answer.kind === kind).length
}

function hasCode(answer: Answer, code: string): boolean {
  return answer.kind === 'refused' && answer.code === code
}
