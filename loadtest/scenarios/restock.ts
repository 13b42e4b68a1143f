import exec from 'k6/execution'
import { operatorAt, steadyArrivals } from '../k6/arrivals.ts'
import { judged } from '../k6/judged.ts'
import { operate } from '../k6/operate.ts'
import { createOrdering } from '../k6/orders.ts'
import { hotItem, plan, tokenOf } from '../k6/plan.ts'

export { handleSummary } from '../k6/judged.ts'

const { durationS, unitCount } = plan.load

const { buy } = createOrdering(['SOLD_OUT', 'LIMIT_REACHED'])

/** Each third of the run has more buyers than units. */
export const options = judged(
  {
    buyers: { ...steadyArrivals(), exec: 'press' },
    first: operatorAt(durationS / 3, 'restock'),
    second: operatorAt((durationS / 3) * 2, 'restock'),
  },
  { accepted_orders: [`count==${hotItem.totalAtEnd}`], refused_SOLD_OUT: ['count>0'] },
)

export function press(): void {
  const buyer = exec.scenario.iterationInTest
  buy({ token: tokenOf(buyer), itemId: hotItem.itemId, quantity: 1, key: `again-${buyer}` })
}

/** Restocks twice with one key, as after a lost answer. The units must be added once. */
export function restock(): void {
  const key = `restock-${plan.saleId}-${exec.scenario.name}`
  operate(`/items/${hotItem.itemId}/restock`, { units: unitCount }, key)
  operate(`/items/${hotItem.itemId}/restock`, { units: unitCount }, key)
}
