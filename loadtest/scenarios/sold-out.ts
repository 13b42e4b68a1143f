import exec from 'k6/execution'
import { steadyArrivals } from '../k6/arrivals.ts'
import { judged } from '../k6/judged.ts'
import { createOrdering } from '../k6/orders.ts'
import { hotItem, tokenOf } from '../k6/plan.ts'

export { handleSummary } from '../k6/judged.ts'

const { buy } = createOrdering(['SOLD_OUT', 'LIMIT_REACHED'])

export const options = judged(
  { buyers: { ...steadyArrivals(), exec: 'press' } },
  { accepted_orders: [`count==${hotItem.total}`] },
)

export function press(): void {
  const buyer = exec.scenario.iterationInTest
  buy({ token: tokenOf(buyer), itemId: hotItem.itemId, quantity: 1, key: `storm-${buyer}` })
}
