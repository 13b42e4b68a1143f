import { check, sleep } from 'k6'
import exec from 'k6/execution'
import { operatorAt, steadyArrivals } from '../k6/arrivals.ts'
import { judged } from '../k6/judged.ts'
import { availableOf, operate } from '../k6/operate.ts'
import { createOrdering } from '../k6/orders.ts'
import { hotItem, plan, tokenOf } from '../k6/plan.ts'

export { handleSummary } from '../k6/judged.ts'

const pauseS = 3
/** Buyers who come during the pause wait as long as the service says, and so past the end of the pause. */
const visitMs = (pauseS + 3) * 1_000

const { buy } = createOrdering(['SALE_PAUSED'])

export const options = judged(
  { buyers: { ...steadyArrivals(visitMs), exec: 'press' }, operator: operatorAt(plan.load.durationS / 3, 'pause') },
  { refused_SALE_PAUSED: ['count>0'] },
)

export function press(): void {
  const buyer = exec.scenario.iterationInTest
  buy({ token: tokenOf(buyer), itemId: hotItem.itemId, quantity: 1, key: `held-${buyer}` })
}

export function pause(): void {
  operate(`/sales/${plan.saleId}/pause`)
  const atFirst = availableOf(hotItem.itemId)
  sleep(pauseS)
  const atLast = availableOf(hotItem.itemId)
  check(null, { 'nothing was sold during the pause': () => atFirst !== undefined && atFirst === atLast })
  operate(`/sales/${plan.saleId}/resume`)
}
