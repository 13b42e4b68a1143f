import type { SaleProof, SaleStory } from '@flash-sale/contract/sale-story'
import { countBuyers, readSaleActs, readSelling } from '@flash-sale/database/sale-story'
import { readSale, type SaleRow } from '@flash-sale/database/sales'
import { readDropRecords } from '@flash-sale/reports/drop-record'
import { auditOnce, type Audit } from '@flash-sale/upkeep/audit-item'
import type { BoundedWork } from '@flash-sale/runtime/bounded-work'
import { readRedisTime } from '@flash-sale/runtime/redis-time'
import { readLedgers, type LedgerView } from '@flash-sale/stock/read-ledger'
import { LRUCache } from 'lru-cache'
import type { ApiContext } from '../api-context.ts'
import { stateAt } from '../sales/view-sale.ts'
import { sumOfRecords } from './merge-records.ts'
import { sellingMsOf, soldOutTimes } from './sold-out-times.ts'

type Ledger = LedgerView | 'NOT_LOADED'
/** What costs a pass over the rows of the sale. */
interface Counted {
  readonly told: Omit<SaleStory, 'at' | 'isOver' | 'asked'>
  readonly lastAtMs: number
}

const keptCountMax = 200
/** A sale that sells, or whose orders are being saved, is passed over no more often than this. In ms. */
const passingKeptMs = 10_000
/** A sale at rest changes only when one of its stores does, which is seen. Paying alone is not seen. In ms. */
const restingKeptMs = 300_000
/** By then each process has noted an order that it counted. In ms. */
const notedWithinMs = 2_000

/** Reads what came of a sale. Rows are counted in `counting`, seldom; nothing is held, and no order waits for it. */
export function createStoryReader(
  { stores, readRedis: redis }: Pick<ApiContext, 'stores' | 'readRedis'>,
  counting: BoundedWork,
): (saleId: number) => Promise<SaleStory | undefined> {
  const { database } = stores
  const kept = new LRUCache<string, Counted>({ max: keptCountMax })

  async function count(sale: SaleRow, ledgers: readonly Ledger[], isProvable: boolean): Promise<Counted> {
    const itemIds = sale.items.map(({ id }) => id)
    const acts = await readSaleActs(database, sale.id, itemIds)
    const restocks = acts.filter(({ action }) => action === 'restock')
    const restockedAt = restocks.map(({ at }) => at)
    const { stretches, storedOrders } = await readSelling(database, itemIds, restockedAt)
    const ofSale = stretches.filter(({ itemId }) => itemId === null)
    const sum = (name: 'units' | 'orders' | 'endedOrders') => ofSale.reduce((all, each) => all + each[name], 0)
    const items = sale.items.map(({ id, total, persisted }, i) => {
      const ledger = ledgers[i]!
      return { itemId: id, total, available: ledger === 'NOT_LOADED' ? total - persisted : ledger.available }
    })
    const isSoldOut = items.every(({ available }) => available === 0)
    const lastAt = ofSale.at(-1)?.lastAt
    const proof = isProvable ? await prove(itemIds) : undefined
    const told = {
      saleId: sale.id,
      total: items.reduce((all, { total }) => all + total, 0),
      units: sum('units'),
      orders: sum('orders'),
      endedOrders: sum('endedOrders'),
      storedOrders,
      buyers: await countBuyers(database, itemIds),
      sellingMs: sellingMsOf(ofSale),
      ...(ofSale[0] && { firstAt: ofSale[0].firstAt.toISOString() }),
      ...(isSoldOut && lastAt && { soldOutAt: lastAt.toISOString() }),
      soldOut: soldOutTimes(items, stretches, restocks),
      ...(proof && { proof }),
    }
    return { told, lastAtMs: lastAt?.getTime() ?? 0 }
  }

  /** Undefined if an item changed meanwhile, has orders that wait, or cannot be counted now. */
  async function prove(itemIds: readonly number[]): Promise<SaleProof | undefined> {
    const audits: Audit[] = []
    for (const itemId of itemIds) {
      const audit = await auditOnce({ ...stores, redis }, itemId)
      if (typeof audit === 'string' || audit.outboxUnits > 0) return undefined
      audits.push(audit)
    }
    const sum = (name: 'oversold' | 'undersold' | 'duplicates' | 'limitBreaches') =>
      audits.reduce((all, audit) => all + audit[name], 0)
    return {
      balanced: audits.every(({ balanced }) => balanced),
      oversold: sum('oversold'),
      undersold: sum('undersold'),
      duplicates: sum('duplicates'),
      limitBreaches: sum('limitBreaches'),
    }
  }

  return async (saleId) => {
    const sale = await readSale(database, saleId)
    if (!sale) return undefined
    const itemIds = sale.items.map(({ id }) => id)
    const [ledgers, records, nowMs] = await Promise.all([
      readLedgers(redis, itemIds),
      readDropRecords(redis, itemIds),
      readRedisTime(redis),
    ])
    const isSoldOut = ledgers.every((ledger) => ledger !== 'NOT_LOADED' && ledger.available === 0)
    const isOver = isSoldOut || stateAt(sale, nowMs) === 'closed'
    // While orders wait, an audit would read them all, in the seconds in which the stores are busiest.
    const isSaved = ledgers.every((ledger) => ledger === 'NOT_LOADED' || ledger.outboxLength === 0)
    const isProvable = isOver && isSaved
    const state = isProvable ? sale.items.map((item, i) => stateOf(item, ledgers[i]!)).join(' ') : isOver
    const key = `${saleId} ${state}`
    let counted = kept.get(key)
    if (!counted) {
      counted = await counting.run(() => count(sale, ledgers, isProvable))
      kept.set(key, counted, { ttl: counted.told.proof ? restingKeptMs : passingKeptMs })
    }
    const { told, lastAtMs } = counted
    const isAllKnown = told.proof !== undefined && nowMs - lastAtMs > notedWithinMs
    const counts = records.filter((record) => record !== undefined)
    const asked = counts.length > 0 && sumOfRecords(counts, isAllKnown ? told.storedOrders : undefined)
    return { ...told, at: new Date(nowMs).toISOString(), isOver, ...(asked && { asked }) }
  }
}

function stateOf({ id, epoch, total, persisted, returningUnits }: SaleRow['items'][number], ledger: Ledger): string {
  const ofLedger = ledger === 'NOT_LOADED' ? 'none' : `${ledger.epoch}.${ledger.sequence}.${ledger.available}`
  return [id, epoch, total, persisted, returningUnits, ofLedger].join(':')
}
