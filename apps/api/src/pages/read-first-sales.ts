import type { SaleView } from '@flash-sale/contract/sales'
import { findSales, readSales } from '@flash-sale/database/sales'
import { readRedisTime } from '@flash-sale/runtime/redis-time'
import type { ApiContext } from '../api-context.ts'
import type { HeadStart } from '../sales/head-start.ts'
import { viewSales } from '../sales/view-sale.ts'

export interface FirstSalesContext extends Pick<ApiContext, 'stores' | 'readRedis'> {
  readonly headStart: Pick<HeadStart, 'asTold'>
}

/** More sales or items than these make the page slower than the further answer that they save. */
const salesMax = 20
const itemsMax = 60
const closedMax = 5

/** The sales that are on or to come, or else the last ones, as everybody is told of them. Null if they are too much for the page itself. */
export async function readFirstSales({
  stores: { database },
  readRedis: redis,
  headStart,
}: FirstSalesContext): Promise<readonly SaleView[] | null> {
  const now = new Date(await readRedisTime(redis))
  const current = await findSales(database, { state: undefined, now }, undefined, salesMax + 1)
  const isEmpty = current.length === 0
  const found = isEmpty ? await findSales(database, { state: 'closed', now }, undefined, closedMax) : current
  const itemCount = found.reduce((sum, sale) => sum + sale.itemCount, 0)
  if (found.length > salesMax || itemCount > itemsMax) return null
  const ids = found.map(({ id }) => id)
  return headStart.asTold(await viewSales(redis, await readSales(database, ids)))
}
