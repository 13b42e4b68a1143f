import type { ItemView } from '@flash-sale/contract/sales'
import { readItem } from '@flash-sale/database/items'
import { readSale } from '@flash-sale/database/sales'
import type { Stores } from '@flash-sale/upkeep/stores'
import { viewSale } from '../sales/view-sale.ts'

/** One item with its live stock, or undefined when there is none. */
export async function viewItemById(stores: Stores, itemId: number): Promise<ItemView | undefined> {
  const item = await readItem(stores.database, itemId)
  const sale = item && (await readSale(stores.database, item.saleId))
  if (!sale) return undefined
  const own = { ...sale, items: sale.items.filter(({ id }) => id === itemId) }
  return (await viewSale(stores, own)).items[0]
}
