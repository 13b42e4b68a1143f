import { StartupError } from '@flash-sale/runtime/startup-error'
import type { Load, PlannedItem } from './plan.ts'
import type { Scenario } from './scenarios.ts'
import type { Target } from './target.ts'

export interface CreatedSale {
  readonly saleId: number
  readonly opensAtMs: number
  readonly items: readonly PlannedItem[]
}

/** Clocks differ: opened this long ago, it is open for everybody. */
const openedAgoMs = 60_000
/** What k6 needs to start, on a machine that has much else to do: some seconds, more for many tokens and many virtual users. */
const startsWithinMs = 5_000
const startsPerBuyerMs = 0.25
const startsPerRateMs = 4
const closesAfterMs = 600_000
const priceCents = 4_900

/** The sale of this run, made as an operator makes one. */
export async function createSale(
  { client, baseUrl }: Pick<Target, 'client' | 'baseUrl'>,
  name: string,
  { items, opensLater, buyerCount }: Scenario,
  load: Load,
): Promise<CreatedSale> {
  const onSale = items(load)
  const now = Date.now()
  const opensInMs = startsWithinMs + buyerCount(load) * startsPerBuyerMs + load.ratePerS * startsPerRateMs
  const opensAtMs = opensLater ? now + opensInMs : now - openedAgoMs
  const created = await client.createSale({
    name,
    opensAt: new Date(opensAtMs).toISOString(),
    closesAt: new Date(now + load.durationS * 1_000 + closesAfterMs).toISOString(),
    items: onSale.map(({ sku, total, purchaseLimit }) => ({ sku, name: sku, priceCents, total, purchaseLimit })),
  })
  if (!created.ok) {
    const { code, detail } = created.problem
    const isKeyWrong = code === 'UNAUTHORIZED' || code === 'FORBIDDEN'
    throw new StartupError(`${baseUrl} did not create the sale: ${isKeyWrong ? 'OPS_KEY is not its key' : detail}`)
  }
  const planned = created.value.items.map((item) => {
    const { itemId, sku, total, purchaseLimit } = item
    const restockedUnits = onSale.find((wanted) => wanted.sku === sku)?.restockedUnits ?? 0
    return { itemId, sku, total, purchaseLimit, totalAtEnd: total + restockedUnits }
  })
  return { saleId: created.value.saleId, opensAtMs, items: byOrderOf(onSale, planned) }
}

/** The first is the one that everybody wants, whatever order the answer has. */
function byOrderOf(onSale: readonly { readonly sku: string }[], planned: readonly PlannedItem[]): PlannedItem[] {
  return onSale.map(({ sku }) => {
    const item = planned.find((candidate) => candidate.sku === sku)
    if (!item) throw new Error(`the created sale lacks the item ${sku}`)
    return item
  })
}
