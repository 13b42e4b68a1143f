import type { SaleProof, SaleStory } from '@flash-sale/contract/sale-story'
import { countBuyers, readSaleActs, readSellingStretches } from '@flash-sale/database/sale-story'
import { readSale, type SaleRow } from '@flash-sale/database/sales'
import { readDropRecords } from '@flash-sale/reports/drop-record'
import { auditOnce, type Audit } from '@flash-sale/upkeep/audit-item'
import { readRedisTime } from '@flash-sale/runtime/redis-time'
import { readLedgers, type LedgerView } from '@flash-sale/stock/read-ledger'
import { LRUCache } from 'lru-cache'
import type { ApiContext } from '../api-context.ts'
import { stateAt } from '../sales/view-sale.ts'
import { mergeRecords, sumOfRecord } from './merge-records.ts'
import { sellingMsOf, soldOutTimes } from './sold-out-times.ts'

type Ledger = LedgerView | 'NOT_LOADED'
/** What costs a pass over the rows of the sale. It stays true while neither store changes. */
type Counted = Omit<SaleStory, 'at' | 'isOver' | 'asked'>

const keptCountMax = 200

/** Reads what came of a sale. Rows are counted again only after a store changed; nothing is held, and no order waits for it. */
export function createStoryReader({
  stores,
  readRedis: redis,
}: Pick<ApiContext, 'stores' | 'readRedis'>): (saleId: number) => Promise<SaleStory | undefined> {
  const { database } = stores
  const kept = new LRUCache<string, Counted>({ max: keptCountMax })

  async function count(sale: SaleRow, ledgers: readonly Ledger[], isOver: boolean): Promise<Counted> {
    const itemIds = sale.items.map(({ id }) => id)
    const acts = await readSaleActs(database, sale.id, itemIds)
    const restocks = acts.filter(({ action }) => action === 'restock')
    const restockedAt = restocks.map(({ at }) => at)
    const stretches = await readSellingStretches(database, itemIds, restockedAt)
    const ofSale = stretches.filter(({ itemId }) => itemId === null)
    const sum = (name: 'units' | 'orders' | 'endedOrders') => ofSale.reduce((all, each) => all + each[name], 0)
    const items = sale.items.map(({ id, total, persisted }, i) => {
      const ledger = ledgers[i]!
      return { itemId: id, total, available: ledger === 'NOT_LOADED' ? total - persisted : ledger.available }
    })
    const isSoldOut = items.every(({ available }) => available === 0)
    const lastAt = ofSale.at(-1)?.lastAt
    const proof = isOver ? await prove(itemIds) : undefined
    return {
      saleId: sale.id,
      total: items.reduce((all, { total }) => all + total, 0),
      units: sum('units'),
      orders: sum('orders'),
      endedOrders: sum('endedOrders'),
      buyers: await countBuyers(database, itemIds),
      sellingMs: sellingMsOf(ofSale),
      ...(ofSale[0] && { firstAt: ofSale[0].firstAt.toISOString() }),
      ...(isSoldOut && lastAt && { soldOutAt: lastAt.toISOString() }),
      soldOut: soldOutTimes(items, stretches, restocks),
      ...(proof && { proof }),
    }
  }

  /** Undefined if an item changed meanwhile, or cannot be counted now. */
  async function prove(itemIds: readonly number[]): Promise<SaleProof | undefined> {
    const audits: Audit[] = []
    for (const itemId of itemIds) {
      const audit = await auditOnce({ ...stores, redis }, itemId)
      if (typeof audit === 'string') return undefined
      audits.push(audit)
    }
    const sum = (name: 'outboxUnits' | 'oversold' | 'undersold' | 'duplicates' | 'limitBreaches') =>
      audits.reduce((all, audit) => all + audit[name], 0)
    return {
      balanced: audits.every(({ balanced }) => balanced),
      waitingUnits: sum('outboxUnits'),
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
    const key = `${saleId} ${isOver} ${sale.items.map((item, i) => stateOf(item, ledgers[i]!)).join(' ')}`
    const known = kept.get(key)
    const counted = known ?? (await count(sale, ledgers, isOver))
    // What is still on its way, or could not be counted, is counted again the next time.
    const isAtRest = isOver && counted.proof?.waitingUnits === 0
    if (isAtRest) kept.set(key, counted)
    const merged = mergeRecords(records.filter((record) => record !== undefined))
    const asked = merged && sumOfRecord(merged, counted.orders + counted.endedOrders)
    return { ...counted, at: new Date(nowMs).toISOString(), isOver, ...(asked && { asked }) }
  }
}

function stateOf({ id, epoch, total, persisted, returningUnits }: SaleRow['items'][number], ledger: Ledger): string {
  const ofLedger = ledger === 'NOT_LOADED' ? 'none' : `${ledger.epoch}.${ledger.sequence}.${ledger.available}`
  return [id, epoch, total, persisted, returningUnits, ofLedger].join(':')
}
