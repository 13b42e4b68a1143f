import exec from 'k6/execution'
import { Trend } from 'k6/metrics'
import { steadyArrivals } from '../k6/arrivals.ts'
import { judged } from '../k6/judged.ts'
import { createOrdering } from '../k6/orders.ts'
import { hotItem, plan, tokenOf } from '../k6/plan.ts'

export { handleSummary } from '../k6/judged.ts'

const wantHotOfTen = 8
const coldItems = plan.items.slice(1)

const { buy } = createOrdering(['SOLD_OUT', 'LIMIT_REACHED'])
const hotDuration = new Trend('hot_duration', true)
const coldDuration = new Trend('cold_duration', true)

export const options = judged(
  { buyers: { ...steadyArrivals(), exec: 'press' } },
  { [`accepted_item_${hotItem.itemId}`]: [`count==${hotItem.total}`], cold_duration: [`p(99)<${plan.load.p99Ms}`] },
)

export function press(): void {
  const buyer = exec.scenario.iterationInTest
  const wantsHot = buyer % 10 < wantHotOfTen
  const { itemId } = wantsHot ? hotItem : coldItems[buyer % coldItems.length]!
  const startedAtMs = Date.now()
  buy({ token: tokenOf(buyer), itemId, quantity: 1, key: `mixed-${buyer}` })
  const duration = wantsHot ? hotDuration : coldDuration
  duration.add(Date.now() - startedAtMs)
}
