import { letterOfVerdict } from '@flash-sale/contract/order-outcomes'
import type { KnownWrites } from './join-writes.ts'
import type { Waiting, WrittenLast } from './look-back.ts'
import { isSameMaking, type Making } from './making.ts'
import type { WaitingOrder } from './outbox.ts'
import type { JudgedBatch, JudgedText, OrderToReserve } from './reserve.ts'
import type { RememberBatch } from './reserve-strategy.ts'

/** A batch of which a ledger accepted at least one order, as it was sent and answered: nothing of its own for each order. */
export interface AcceptedBatchText extends JudgedText, Making {
  /** Orders that the ledger took or knew. */
  readonly orderCount: number
  /** When it was accepted: by Redis' clock if there is an outbox entry, else by this process'. In ms since 1970. */
  readonly atMs: number
  /** Of the ledger with this batch; undefined when it wrote nothing. */
  readonly sequence: number | undefined
  /** All its orders are in this outbox entry, or in earlier ones; undefined for replays, until a look says. */
  upToId: string | undefined
}

export interface AcceptedBatchesBounds {
  readonly bytesMax: number
  readonly ageMaxMs: number
}

export interface MemoryCounts {
  readonly orders: number
  readonly bytes: number
  /** Orders dropped for a bound before anything was known of their commit. */
  readonly dropped: number
}

/**
 * What a process accepted and does not know to be committed yet, for the day on which Redis loses it. Bounded: the oldest batch goes
 * first, and its orders are counted.
 */
export interface AcceptedBatches {
  readonly remember: RememberBatch
  readonly itemIds: readonly number[]
  batchesOf(itemId: number): readonly AcceptedBatchText[]
  /** What this process wrote last to an item's ledger; undefined when nothing of it is remembered. */
  writtenLast(itemId: number): WrittenLast | undefined
  /** What this process knows of the writes to the making of the ledger that it wrote to last. */
  knownWrites(itemId: number): KnownWrites | undefined
  /** Forgets those of `batches` that are committed, by what waited after all of them had been accepted by this making. */
  forgetCommitted(itemId: number, batches: readonly AcceptedBatchText[], making: Making, waiting: Waiting): void
  forget(itemId: number, batches: readonly AcceptedBatchText[]): void
  /** Drops what is too old. */
  dropOld(nowMs: number): void
  counts(): MemoryCounts
}

interface ItemMemory {
  /** The oldest first. A set, so that to forget one costs the same however many there are. */
  readonly batches: Set<AcceptedBatchText>
  last: WrittenLast
  /** Sequence of the making of `last` up to which all was committed at the last look; before the first, up to our own first write. */
  committedTo: number
}

const { RESERVED, REPLAYED, KEY_CONFLICT } = letterOfVerdict
/** Over the bound, one in so many batches of the item with the oldest goes. */
const dropShare = 64
/** The object around the two strings of a batch. */
const batchOverheadBytes = 200

export function createAcceptedBatches({ bytesMax, ageMaxMs }: AcceptedBatchesBounds): AcceptedBatches {
  const items = new Map<number, ItemMemory>()
  let orders = 0
  let bytes = 0
  let dropped = 0

  function remember(itemId: number, making: Making, judged: JudgedBatch, sent: readonly OrderToReserve[]): void {
    const { entry, text } = judged
    const newest = entry ? text.letters.lastIndexOf(RESERVED) : text.letters.lastIndexOf(REPLAYED)
    if (!entry && newest < 0) return
    const item = items.get(itemId)
    const { birth, epoch } = making
    const isSame = item !== undefined && isSameMaking(item.last, making)
    const sequence = Math.max(entry?.sequence ?? 0, isSame ? item.last.sequence : 0)
    // An adoption may write refusals alone.
    const { orderId } = sent[Math.max(newest, 0)]!
    const last = { birth, epoch, sequence, orderId }
    const atMs = entry ? Number.parseInt(entry.id, 10) : Date.now()
    const orderCount = countAccepted(text.letters)
    const batch = { ...text, birth, epoch, orderCount, atMs, sequence: entry?.sequence, upToId: entry?.id }
    const committedTo = isSame ? item.committedTo : Math.max(0, sequence - 1)
    if (item) {
      item.batches.add(batch)
      Object.assign(item, { last, committedTo })
    } else items.set(itemId, { batches: new Set([batch]), last, committedTo })
    orders += orderCount
    bytes += bytesOf(batch)
    while (isFull()) dropOldest()
  }

  function isFull(): boolean {
    return bytes > bytesMax
  }

  function dropOldest(): void {
    let oldest = { itemId: 0, atMs: Number.POSITIVE_INFINITY }
    for (const [itemId, { batches }] of items) {
      const [first] = batches
      if (first!.atMs < oldest.atMs) oldest = { itemId, atMs: first!.atMs }
    }
    const { batches } = items.get(oldest.itemId)!
    // Some at a time: to find the item takes longer than to drop a batch.
    const count = Math.ceil(batches.size / dropShare)
    drop(
      oldest.itemId,
      leading(batches, (_, i) => i < count),
    )
  }

  function drop(itemId: number, batches: readonly AcceptedBatchText[]): void {
    for (const batch of batches) dropped += batch.orderCount
    forget(itemId, batches)
  }

  function forget(itemId: number, batches: readonly AcceptedBatchText[]): void {
    const item = items.get(itemId)
    if (!item) return
    for (const batch of batches) if (item.batches.delete(batch)) letGo(batch)
    if (item.batches.size === 0) items.delete(itemId)
  }

  function letGo(batch: AcceptedBatchText): void {
    orders -= batch.orderCount
    bytes -= bytesOf(batch)
  }

  return {
    remember,
    forget,
    get itemIds() {
      return [...items.keys()]
    },
    batchesOf: (itemId) => [...(items.get(itemId)?.batches ?? [])],
    writtenLast: (itemId) => items.get(itemId)?.last,
    knownWrites(itemId) {
      const item = items.get(itemId)
      if (!item) return undefined
      const { committedTo, last, batches } = item
      const own = [...batches].flatMap(({ birth, epoch, sequence = 0 }) =>
        isSameMaking(last, { birth, epoch }) && sequence > committedTo ? [sequence] : [],
      )
      return { birth: last.birth, epoch: last.epoch, committedTo, seenTo: last.sequence, own }
    },
    forgetCommitted(itemId, batches, making, { oldestId, newestId, sequence, entryCount }) {
      const item = items.get(itemId)
      if (item && isSameMaking(item.last, making)) item.committedTo = Math.max(item.committedTo, sequence - entryCount)
      const accepted = batches.filter((batch) => isSameMaking(batch, making))
      for (const batch of accepted) batch.upToId ??= newestId
      const isCommitted = ({ upToId }: AcceptedBatchText) =>
        oldestId === undefined || (upToId !== undefined && isEarlierEntry(upToId, oldestId))
      forget(itemId, accepted.filter(isCommitted))
    },
    dropOld(nowMs) {
      // A batch comes after older ones. To look through all of them each second would cost a long memory more than the orders themselves do.
      for (const [itemId, { batches }] of items) {
        drop(
          itemId,
          leading(batches, ({ atMs }) => nowMs - atMs > ageMaxMs),
        )
      }
    },
    counts: () => ({ orders, bytes, dropped }),
  }
}

/** The first batches, up to the first one that is not meant. */
function leading(
  batches: Iterable<AcceptedBatchText>,
  isMeant: (batch: AcceptedBatchText, index: number) => boolean,
): AcceptedBatchText[] {
  const first: AcceptedBatchText[] = []
  for (const batch of batches) {
    if (!isMeant(batch, first.length)) break
    first.push(batch)
  }
  return first
}

/** The orders of a batch that a ledger took, or knew already. What an adoption refused is offered again: its row may be lost too. */
export function acceptedOrdersOf({ columns, letters, atMs }: AcceptedBatchText): WaitingOrder[] {
  const [ids, buyers, quantities, acceptedAtMs] = JSON.parse(columns) as [string[], string[], number[], number[]?]
  const isAccepted = acceptedAtMs ? (letter: string) => letter !== KEY_CONFLICT : isAcceptedLetter
  return ids.flatMap((orderId, i) => {
    if (!isAccepted(letters[i]!)) return []
    return [{ orderId, buyer: buyers[i]!, quantity: quantities[i]!, acceptedAtMs: acceptedAtMs?.[i] ?? atMs }]
  })
}

function isAcceptedLetter(letter: string): boolean {
  return letter === RESERVED || letter === REPLAYED
}

function countAccepted(letters: string): number {
  let count = 0
  for (let i = 0; i < letters.length; i += 1) if (isAcceptedLetter(letters[i]!)) count += 1
  return count
}

function bytesOf({ columns, letters }: AcceptedBatchText): number {
  return columns.length + letters.length + batchOverheadBytes
}

/** Stream ids are two numbers. */
function isEarlierEntry(id: string, than: string): boolean {
  const [ms, n] = id.split('-').map(Number)
  const [thanMs, thanN] = than.split('-').map(Number)
  return ms! < thanMs! || (ms === thanMs && n! < thanN!)
}
