import type { FirstView } from '@flash-sale/contract/first-view'
import { idPattern } from '@flash-sale/contract/fields'
import { findSales, readSale, readSales } from '@flash-sale/database/sales'
import { readRedisTime } from '@flash-sale/runtime/redis-time'
import type { ApiContext } from '../api-context.ts'
import { viewSales } from '../sales/view-sale.ts'

/** More sales or items than these make the page slower than the further answer that they save. */
const salesMax = 20
const itemsMax = 60
const closedMax = 5

const saleNumber = new RegExp(`^${idPattern}$`)

/** Reads what the shop shows first. Undefined if that is too much for the page itself, or if the address names no sale. */
export async function readFirstView(
  { stores: { database }, readRedis: redis }: Pick<ApiContext, 'stores' | 'readRedis'>,
  wanted: string | null,
): Promise<FirstView | undefined> {
  if (wanted !== null && !saleNumber.test(wanted)) return undefined
  const now = new Date(await readRedisTime(redis))
  const current = await findSales(database, { state: undefined, now }, undefined, salesMax + 1)
  const isEmpty = current.length === 0
  const found = isEmpty ? await findSales(database, { state: 'closed', now }, undefined, closedMax) : current
  const itemCount = found.reduce((sum, sale) => sum + sale.itemCount, 0)
  if (found.length > salesMax || itemCount > itemsMax) return undefined
  const ids = found.map(({ id }) => id)
  const other = wanted === null || ids.includes(Number(wanted)) ? undefined : await readSale(database, Number(wanted))
  if (other && itemCount + other.items.length > itemsMax) return undefined
  const sales = await viewSales(redis, [...(await readSales(database, ids)), ...(other ? [other] : [])])
  return { wanted, sales, isWantedMissing: other === null }
}
