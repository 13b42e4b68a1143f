import { recordAuditEvent } from '@flash-sale/database/audit-events'
import { findLackingOrders } from '@flash-sale/database/find-lacking-orders'
import type { ItemRow } from '@flash-sale/database/items'
import { isSameMaking, type Making } from '@flash-sale/stock/making'
import { orderUuid } from '@flash-sale/stock/order-id'
import { areRemembered, type LedgerView } from '@flash-sale/stock/read-ledger'
import type { SeenLedger } from '@flash-sale/stock/rebuild-ledger'
import type { Stores } from '@flash-sale/upkeep/stores'
import type { Logger } from 'pino'

/** What a worker saw committed, for the day on which both stores come back older. */
export interface LossWatch {
  /** To be told of orders that have rows now. `orderIds`: short. */
  readonly committed: (itemId: number, making: Making, orderIds: readonly string[]) => void
  /**
   * To be told of each reading of an item and its ledger. When the ledger was made anew since, the orders are looked for, and those that are
   * missing are told. Never rejects: what a store did not answer is asked at the next reading.
   */
  readonly looked: (item: LookedAtItem, ledger: LedgerView | 'NOT_LOADED', askedAtMs?: number) => Promise<void>
  /** What this process saw last of an item; undefined: it never found its ledger sound, nor the item before it had one. */
  readonly seen: (itemId: number) => SeenItem | undefined
}

type LookedAtItem = Pick<ItemRow, 'itemId' | 'birth' | 'epoch'>

interface SeenItem extends SeenLedger {
  /** What the item's ledger accepted before has rows. By `performance.now()`. */
  readonly savedUpToMs: number
}

interface CommittedGroup {
  readonly orderIds: readonly string[]
  readonly atMs: number
}

interface ItemMemory {
  /** The ledger that is known to have all of them, and how far it had come. */
  making: Making
  sequence: number
  groups: CommittedGroup[]
  orderCount: number
  isInHand: boolean
}

/** The newest of an item: many seconds of a sale. */
const ordersPerItemMax = 2_000
/** Of all items, some 10 MB; those that sold last. */
const itemsMax = 200
const namedCountMax = 100

/** Remembers the orders of each item that were committed last, and looks for them when its ledger was made anew. */
export function createLossWatch(
  { redis, database }: Pick<Stores, 'redis' | 'database'>,
  logger: Pick<Logger, 'error'>,
): LossWatch {
  const items = new Map<number, ItemMemory>()
  const seen = new Map<number, SeenItem>()

  async function findLost(itemId: number, groups: readonly CommittedGroup[]): Promise<string[]> {
    const orderIds = groups.flatMap((group) => group.orderIds)
    const lacking = await findLackingOrders(database, orderIds.map(orderUuid))
    const suspects = orderIds.filter((orderId) => lacking.has(orderUuid(orderId)))
    if (suspects.length === 0) return []
    const remembered = await areRemembered(redis, itemId, suspects)
    return suspects.filter((_, i) => !remembered[i])
  }

  async function look(itemId: number, memory: ItemMemory, { birth, epoch, sequence }: LedgerView): Promise<void> {
    const groups = [...memory.groups]
    const lost = new Set(await findLost(itemId, groups))
    Object.assign(memory, { making: { birth, epoch }, sequence })
    if (lost.size === 0) return
    const ofLost = groups.filter(({ orderIds }) => orderIds.some((orderId) => lost.has(orderId)))
    const times = { from: isoTime(ofLost[0]!.atMs), to: isoTime(ofLost.at(-1)!.atMs) }
    const detail = { epoch, ordersMin: lost.size, ...times }
    const orderIds = [...lost].slice(0, namedCountMax).map(orderUuid)
    logger.error({ itemId, ...detail, orderIds }, 'committed orders are lost: both stores came back older')
    memory.groups = memory.groups.map(({ orderIds: ids, atMs }) => ({
      orderIds: ids.filter((id) => !lost.has(id)),
      atMs,
    }))
    memory.orderCount -= lost.size
    await recordAuditEvent(database, { actor: 'worker', action: 'loss', itemId, detail })
  }

  return {
    committed(itemId, making, orderIds) {
      if (orderIds.length === 0) return
      const memory = items.get(itemId) ?? { making, sequence: 0, groups: [], orderCount: 0, isInHand: false }
      memory.groups.push({ orderIds, atMs: Date.now() })
      memory.orderCount += orderIds.length
      while (memory.groups.length > 1 && memory.orderCount > ordersPerItemMax) {
        memory.orderCount -= memory.groups.shift()!.orderIds.length
      }
      items.delete(itemId)
      items.set(itemId, memory)
      if (items.size > itemsMax) items.delete(items.keys().next().value!)
    },
    async looked({ itemId, birth, epoch }, ledger, askedAtMs = performance.now()) {
      // Nobody has accepted an order of an item that never had a ledger.
      if (epoch === 0 && seen.get(itemId)?.birth !== birth)
        seen.set(itemId, { birth, epoch, sequence: 0, savedUpToMs: askedAtMs })
      if (ledger === 'NOT_LOADED') return
      const before = seen.get(itemId)
      if (!before || !isOlder(ledger, before)) seen.set(itemId, seenNow(ledger, askedAtMs, before))
      const memory = items.get(itemId)
      // What the API processes offer may be among them.
      if (!memory || memory.isInHand || ledger.takesOffersOnly) return
      const isSame = isSameMaking(ledger, memory.making) && ledger.sequence >= memory.sequence
      if (isSame) memory.sequence = ledger.sequence
      else {
        memory.isInHand = true
        await look(itemId, memory, ledger).catch(() => undefined)
        memory.isInHand = false
      }
    },
    seen: (itemId) => seen.get(itemId),
  }
}

/** An old copy of the ledger. */
function isOlder(ledger: LedgerView, before: SeenLedger): boolean {
  if (ledger.birth !== before.birth) return false
  return ledger.epoch < before.epoch || (ledger.epoch === before.epoch && ledger.sequence < before.sequence)
}

function seenNow(ledger: LedgerView, askedAtMs: number, before: SeenItem | undefined): SeenItem {
  const { birth, epoch, sequence, takesOffersOnly, unitsLackingMax, oldestEntryId, nowMs } = ledger
  // One that was made anew says nothing of the outbox that was lost.
  const isWhole = !takesOffersOnly && unitsLackingMax === undefined
  const waitsForMs = oldestEntryId === undefined ? 0 : nowMs - Number(oldestEntryId.split('-')[0])
  const savedUpToMs = isWhole && waitsForMs >= 0 ? askedAtMs - waitsForMs : Number.NEGATIVE_INFINITY
  return { birth, epoch, sequence, savedUpToMs: Math.max(savedUpToMs, before?.savedUpToMs ?? savedUpToMs) }
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString()
}
