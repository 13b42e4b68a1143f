import type { Client } from '@flash-sale/contract/client'
import type { ItemView } from '@flash-sale/contract/sales'

export interface SaleOfOneItem {
  readonly name: string
  readonly unitCount: number
  readonly purchaseLimit: number
  /** How long until it opens. Default: it is open. In ms. */
  readonly opensInMs?: number
}

const opensBeforeMs = 60_000
const lastsMs = 30 * 24 * 60 * 60 * 1_000
const priceCents = 4_900

export interface CreatedSale {
  readonly saleId: number
  readonly item: ItemView
}

/** Creates a sale of one item. Throws when the service refuses. */
export async function createSale(client: Client, sale: SaleOfOneItem): Promise<CreatedSale> {
  // Else a little in the past: the clock that decides is that of Redis.
  const { name, unitCount, purchaseLimit, opensInMs = -opensBeforeMs } = sale
  const nowMs = Date.now()
  const outcome = await client.createSale({
    name,
    opensAt: new Date(nowMs + opensInMs).toISOString(),
    closesAt: new Date(nowMs + lastsMs).toISOString(),
    items: [{ sku: 'DROP-1', name, priceCents, total: unitCount, purchaseLimit }],
  })
  if (!outcome.ok) throw new Error(`The sale could not be created: ${outcome.problem.title}: ${outcome.problem.detail}`)
  const [item] = outcome.value.items
  if (!item) throw new Error('the sale that was created has no item')
  return { saleId: outcome.value.saleId, item }
}
