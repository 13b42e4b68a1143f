import { SharedArray } from 'k6/data'
import type { Plan, PlannedItem } from '../src/plan.ts'

/** The plan that the runner (`pnpm load`) wrote for this run. */
export const plan: Plan = readPlan()

// All VUs share one copy, since thousands of tokens in each of hundreds of VUs would not fit in memory.
const tokens = new SharedArray<string>('tokens', () => JSON.parse(open(plan.tokensFile)))

/** The token of the nth buyer of the run. After the last buyer the first comes again. */
export function tokenOf(buyer: number): string {
  return tokens[buyer % tokens.length]!
}

export const buyerCount = tokens.length

/** The item that everybody wants. */
export const hotItem: PlannedItem = plan.items[0]!

function readPlan(): Plan {
  const file = __ENV['LOAD_PLAN']
  if (!file) throw new Error('scenarios are run by `npx pnpm load <scenario>`, which makes a sale and tokens for them')
  return JSON.parse(open(file))
}
