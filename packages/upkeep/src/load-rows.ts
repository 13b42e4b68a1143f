import { emptyChunk, loadChunk, type LedgerRebuild, type OrdersChunk } from '@flash-sale/stock/rebuild-ledger'
import { askAgain } from './ask-again.ts'
import { collectEarly } from './collect-early.ts'
import type { HeldItem } from './hold-item.ts'
import type { Stores } from './stores.ts'
import { countOrders, readLedgerPart } from './read-ledger-part.ts'
import { rebuildRefused } from './rebuild-refused.ts'

/** What was loaded: counts, and the units that are taken. */
export interface LoadedRows {
  readonly orderCount: number
  readonly endedCount: number
  readonly buyerCount: number
  readonly heldUnits: number
  /** Short ids of orders that gave their units back in this ledger, and hold some in Postgres: it was restored from before their end. */
  readonly forgottenEnds: readonly string[]
}

export interface RowsToLoad {
  /** About how many orders the item has, if they are few. */
  readonly fewRows: number | undefined
  readonly ordersPerPart: number
  /** Orders that gave their units back in this ledger are loaded as Postgres has them, too. */
  readonly overwrites?: boolean
}

/** Orders that one statement reads: some 17 MB, and half a second's work of Postgres, which looks at every order of the item for each part. */
export const partSizeMax = 250_000
/** Orders of a chunk, about: it keeps Redis for a few ms. */
const chunkSize = 500
/** So many that Redis always has one to load. */
const chunksInFlightMax = 4

/**
 * Brings both hashes of a ledger that is being rebuilt to what the rows say, in place. Every order of Postgres is there then; whether
 * there are others the counts tell (`commitRebuild`). Nothing of it needs a snapshot: no order that takes units can be inserted, for the
 * epoch was raised, and a part is of one instant.
 */
export async function loadRows(
  { redis, database }: Stores,
  held: HeldItem,
  rebuild: LedgerRebuild,
  { fewRows, ordersPerPart, overwrites = false }: RowsToLoad,
): Promise<LoadedRows> {
  const { itemId, signal } = held
  const rowCount = fewRows ?? (await askAgain(signal, () => countOrders(database, itemId)))
  const partCount = powerOfTwo(rowCount / ordersPerPart)
  const chunkCount = powerOfTwo(rowCount / partCount / chunkSize)
  const loaded = { orderCount: 0, endedCount: 0, buyerCount: 0, heldUnits: 0, forgottenEnds: [] as string[] }

  async function load(chunk: OrdersChunk): Promise<void> {
    signal.throwIfAborted()
    const outcome = await loadChunk(redis, rebuild, chunk, overwrites)
    if (typeof outcome === 'string') throw rebuildRefused(itemId, outcome)
    loaded.orderCount += outcome.orderCount
    loaded.endedCount += outcome.endedCount
    loaded.buyerCount += outcome.buyerCount
    loaded.heldUnits += outcome.heldUnits
    loaded.forgottenEnds.push(...outcome.forgottenEnds)
  }

  const readPart = (part: number) =>
    askAgain(signal, () => readLedgerPart(database, itemId, { part, partCount, chunkCount }))
  const chunks = readAhead(readPart, partCount)

  async function loadChunks(): Promise<void> {
    // One lane that fails ends the chunks for all.
    for await (const chunk of chunks) await load(chunk)
  }

  const loadAll = () => Promise.allSettled(Array.from({ length: chunksInFlightMax }, loadChunks))
  const lanes = partCount > 1 ? await collectEarly(loadAll) : await loadAll()
  for (const lane of lanes) if (lane.status === 'rejected') throw lane.reason
  // Each chunk makes both hashes what they have to be, also an empty one.
  if (loaded.orderCount === 0) await load(emptyChunk)
  return loaded
}

/** The chunks of all parts. While those of one part are taken, the next part is read, and no other: so two parts are in memory at most. */
async function* readAhead(
  readPart: (part: number) => Promise<OrdersChunk[]>,
  partCount: number,
): AsyncGenerator<OrdersChunk, void> {
  let reading = readPart(0)
  for (let part = 1; part <= partCount; part += 1) {
    const chunks = await reading
    if (part < partCount) {
      reading = readPart(part)
      // Whoever takes the chunks of it hears of a failure. Nobody may.
      reading.catch(() => undefined)
    }
    // What is loaded does not wait for the rest of its part to become garbage.
    for (let chunk = chunks.pop(); chunk; chunk = chunks.pop()) yield chunk
  }
}

/** The smallest power of two that is not below `number`. */
function powerOfTwo(number: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, number)))
}
