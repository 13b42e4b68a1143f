import { createSale } from '@flash-sale/kit/open-sale'
import type { Load, PlannedItem } from './plan.ts'
import type { Scenario } from './scenarios.ts'
import type { Target } from './target.ts'

export interface PlannedSale {
  readonly saleId: number
  readonly opensAtMs: number
  /** The first is the item that everybody wants. */
  readonly items: readonly PlannedItem[]
}

/** The time that k6 needs to start on a busy machine: some seconds, more for many tokens and many virtual users. */
const startsWithinMs = 5_000
const startsPerBuyerMs = 0.25
const startsPerRateMs = 4
const closesAfterMs = 600_000

/** The sale of this run. A sale that opens later opens while k6 waits for it. */
export async function planSale(
  { client }: Pick<Target, 'client'>,
  name: string,
  { items, opensLater, payWithinSeconds, buyerCount }: Scenario,
  load: Load,
): Promise<PlannedSale> {
  const onSale = items(load)
  const opensInMs = startsWithinMs + buyerCount(load) * startsPerBuyerMs + load.ratePerS * startsPerRateMs
  const sale = await createSale(client, {
    name,
    items: onSale.map(({ sku, total, purchaseLimit }) => ({ sku, total, purchaseLimit })),
    ...(opensLater && { opensInMs }),
    ...(payWithinSeconds !== undefined && { payWithinSeconds }),
    closesInMs: load.durationS * 1_000 + closesAfterMs,
  })
  const planned = sale.items.map(({ itemId, sku, total, purchaseLimit }, i) => {
    return { itemId, sku, total, purchaseLimit, totalAtEnd: total + (onSale[i]!.restockedUnits ?? 0) }
  })
  return { saleId: sale.saleId, opensAtMs: Date.parse(sale.opensAt), items: planned }
}
