import type { CreateSaleItem } from '@flash-sale/contract/ops'
import type { Load } from './plan.ts'

export interface Scenario {
  /** One line for `--help`. */
  readonly summary: string
  readonly defaults: Pick<Load, 'ratePerS' | 'durationS' | 'p99Ms'>
  /** Units of the item that everybody wants, unless `--units` is given. Without `mayChange` the scenario needs exactly this number. */
  readonly units: { readonly of: (load: LoadWithoutUnits) => number; readonly mayChange: boolean }
  /** The planned number of visits. */
  readonly visitCount: (load: LoadWithoutUnits) => number
  /** Buyers that come, each with a token of its own. */
  readonly buyerCount: (load: LoadWithoutUnits) => number
  readonly items: (load: Load) => readonly ItemOnSale[]
  /** The sale opens while the scenario watches; otherwise it is open before the first buyer comes. */
  readonly opensLater?: boolean
  /** The sale asks for payment within this time. In seconds. */
  readonly payWithinSeconds?: number
  /** Why this load is useless; undefined if it is useful. */
  readonly fault?: (load: Load) => string | undefined
}

type ItemOnSale = Pick<CreateSaleItem, 'sku' | 'total' | 'purchaseLimit'> & { readonly restockedUnits?: number }

type LoadWithoutUnits = Omit<Load, 'unitCount'>

const visits = ({ ratePerS, durationS }: LoadWithoutUnits) => ratePerS * durationS

/** Arrivals are timed, so one or two more than rate times duration may come. */
const visitsAtMost = (load: LoadWithoutUnits) => visits(load) + 10

/** A storm that must sell out needs more buyers than units, even if a busy machine cannot send them all. */
const demandMin = 1.5

const sellsOut = (buyersOf: (load: Load) => number) => (load: Load) => {
  const unitsMax = Math.floor(buyersOf(load) / demandMin)
  if (load.unitCount <= unitsMax) return undefined
  return `this many buyers cannot be sure to take ${load.unitCount} units: at most ${unitsMax} at this rate and duration`
}

/**
 * The service's own deadline of an order. It is generous, for small busy machines that run k6 too. `--p99` sets a stricter bound for a
 * deployment that is measured.
 */
const p99Ms = 3_000

const coldItemCount = 9
/** Two seconds of impatient buyers at a twentieth of the rate, then a crowd that decreases: see scenarios/spike.ts. */
const spikeVisits = ({ ratePerS, durationS }: LoadWithoutUnits) => ratePerS * (0.1 + (durationS - 2) * crowdShare)
/** A quarter of the time at full rate, a quarter down to a quarter of it, half of the time down to a tenth. */
const crowdShare = 1 / 4 + (1 + 1 / 4) / 2 / 4 + (1 / 4 + 1 / 10) / 2 / 2

export const scenarios = {
  smoke: {
    summary: 'every answer of the contract once, and a small sale that sells out',
    defaults: { ratePerS: 20, durationS: 4, p99Ms },
    units: { of: (load) => Math.ceil(visits(load) / 2), mayChange: true },
    visitCount: visits,
    buyerCount: (load) => visitsAtMost(load) + 3,
    items: ({ unitCount }) => [
      { sku: 'few', total: unitCount, purchaseLimit: 2 },
      { sku: 'three', total: 3, purchaseLimit: 2 },
    ],
    fault: sellsOut(visits),
  },
  spike: {
    summary: 'a crowd waits for the opening and presses the button at opensAt',
    defaults: { ratePerS: 600, durationS: 10, p99Ms },
    units: { of: ({ ratePerS }) => ratePerS, mayChange: true },
    visitCount: spikeVisits,
    buyerCount: visitsAtMost,
    items: ({ unitCount }) => [{ sku: 'drop', total: unitCount, purchaseLimit: 2 }],
    opensLater: true,
    fault: sellsOut(spikeVisits),
  },
  'sold-out': {
    summary: 'a storm on an item that is gone at once: saying no, fast, and never too early',
    defaults: { ratePerS: 400, durationS: 10, p99Ms },
    units: { of: () => 50, mayChange: true },
    visitCount: visits,
    buyerCount: visitsAtMost,
    items: ({ unitCount }) => [{ sku: 'rare', total: unitCount, purchaseLimit: 1 }],
    fault: sellsOut(visits),
  },
  retries: {
    summary:
      'each buyer sends the same order several times, at once and again, with a key; then more than the limit without',
    defaults: { ratePerS: 40, durationS: 10, p99Ms },
    units: { of: (load) => visitsAtMost(load) * 3, mayChange: false },
    visitCount: visits,
    buyerCount: visitsAtMost,
    items: ({ unitCount }) => [{ sku: 'enough', total: unitCount, purchaseLimit: 3 }],
  },
  'hot-item': {
    summary: 'four of five buyers want one item: the others must not wait for them',
    defaults: { ratePerS: 300, durationS: 10, p99Ms },
    units: { of: ({ ratePerS }) => ratePerS, mayChange: true },
    visitCount: visits,
    buyerCount: visitsAtMost,
    items: (load) => [
      { sku: 'hot', total: load.unitCount, purchaseLimit: 2 },
      ...Array.from({ length: coldItemCount }, (_, i) => ({
        sku: `cold-${i + 1}`,
        total: visitsAtMost(load),
        purchaseLimit: 2,
      })),
    ],
    fault: sellsOut((load) => visits(load) * 0.8),
  },
  restock: {
    summary: 'sold out, restocked, sold out, restocked, sold out: every unit goes, none twice',
    defaults: { ratePerS: 150, durationS: 12, p99Ms },
    units: { of: (load) => Math.floor(visits(load) / 6), mayChange: true },
    visitCount: visits,
    buyerCount: visitsAtMost,
    items: ({ unitCount }) => [{ sku: 'again', total: unitCount, purchaseLimit: 1, restockedUnits: unitCount * 2 }],
    fault: sellsOut((load) => visits(load) / 3),
  },
  pause: {
    summary: 'the sale is paused in full swing and resumed: nothing is sold meanwhile, everybody who waits is served',
    defaults: { ratePerS: 50, durationS: 12, p99Ms },
    units: { of: visitsAtMost, mayChange: false },
    visitCount: visits,
    buyerCount: visitsAtMost,
    items: ({ unitCount }) => [{ sku: 'held', total: unitCount, purchaseLimit: 1 }],
  },
  pay: {
    summary:
      'buyers pay, leave their orders, cancel them, and come back for what returned: the money is right, no unit is lost',
    defaults: { ratePerS: 40, durationS: 12, p99Ms },
    units: { of: (load) => Math.floor(visits(load) / 2), mayChange: true },
    visitCount: visits,
    buyerCount: visitsAtMost,
    items: ({ unitCount }) => [{ sku: 'paid', total: unitCount, purchaseLimit: 1 }],
    // The last orders that were left expire after the last new buyer has come, so their units wait for buyers who come back.
    payWithinSeconds: 8,
    fault: sellsOut(visits),
  },
  soak: {
    summary: 'steady buying for as long as --duration says, each order followed until it is confirmed',
    defaults: { ratePerS: 100, durationS: 60, p99Ms },
    units: { of: visitsAtMost, mayChange: false },
    visitCount: visits,
    buyerCount: (load) => Math.min(visitsAtMost(load), Math.max(10_000, Math.ceil(visits(load) / 500))),
    items: ({ unitCount }) => [{ sku: 'plenty', total: unitCount, purchaseLimit: 1_000 }],
  },
} as const satisfies Record<string, Scenario>

export type ScenarioName = keyof typeof scenarios

export function isScenarioName(name: string): name is ScenarioName {
  return Object.hasOwn(scenarios, name)
}
