import { check, sleep } from 'k6'
import exec from 'k6/execution'
import { orderMs, vusFor } from '../k6/arrivals.ts'
import { judged } from '../k6/judged.ts'
import { createOrdering } from '../k6/orders.ts'
import { buyerCount, hotItem, plan, tokenOf } from '../k6/plan.ts'

export { handleSummary } from '../k6/judged.ts'

const { ratePerS, durationS } = plan.load
const impatientS = 2
const impatientPerS = Math.ceil(ratePerS / 20)
const crowdPhaseS = (share: number) => `${(durationS - impatientS) * share}s`

const { buy } = createOrdering(['SOLD_OUT', 'SALE_NOT_OPEN', 'LIMIT_REACHED'])

/** Some buyers press too early, repeatedly. All others press when the sale opens, most of them at once. */
export const options = judged({
  impatient: {
    executor: 'constant-arrival-rate',
    rate: impatientPerS,
    timeUnit: '1s',
    duration: `${impatientS}s`,
    // Each early buyer stays until the sale opens.
    ...vusFor(impatientPerS, impatientS * 1_000),
    exec: 'press',
  },
  crowd: {
    executor: 'ramping-arrival-rate',
    startTime: `${impatientS}s`,
    startRate: ratePerS,
    timeUnit: '1s',
    stages: [
      { duration: crowdPhaseS(0.25), target: ratePerS },
      { duration: crowdPhaseS(0.25), target: Math.ceil(ratePerS / 4) },
      { duration: crowdPhaseS(0.5), target: Math.ceil(ratePerS / 10) },
    ],
    ...vusFor(ratePerS, orderMs),
    exec: 'press',
  },
})

/** Begins the crowd exactly at opensAt. */
export function setup(): void {
  const waitMs = plan.opensAtMs - impatientS * 1_000 - Date.now()
  check(waitMs, { 'k6 was ready before the sale opened': (ms) => ms > -impatientS * 1_000 })
  sleep(Math.max(0, waitMs) / 1_000)
}

export function press(): void {
  const { name, iterationInTest } = exec.scenario
  // The impatient buyers are the last ones, so that no buyer is in both groups.
  const buyer = name === 'crowd' ? iterationInTest : buyerCount - 1 - iterationInTest
  buy({ token: tokenOf(buyer), itemId: hotItem.itemId, quantity: 1, key: `spike-${buyer}` }, ['SALE_NOT_OPEN'])
}
