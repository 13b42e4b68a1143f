import type { AdoptionRefusal } from '@flash-sale/contract/order-outcomes'
import type { StoredOrderStatus } from '@flash-sale/contract/order-statuses'
import type { Database } from './connect.ts'
import { storable } from './storable.ts'
import { isDataRefused, sqlStateOf } from './sql-state.ts'

/** An accepted order on its way to Postgres. `orderId` is a UUID, with or without hyphens. */
export interface OrderToPersist {
  readonly orderId: string
  readonly buyer: string
  readonly quantity: number
  readonly acceptedAtMs: number
  /** The refusal that the ledger decided on adoption. */
  readonly refused?: AdoptionRefusal
}

/**
 * By what right a caller writes: the epoch that accepted the orders, or the fence of an exclusive holder. `birth` is that of the item
 * which accepted them, and `totalVersion` that of its total at the time; '' and 0 of what the version before accepted. `endedCount`: how
 * many orders of the item had ended when they were accepted, at most. `doubts`: an order that does not fit is not turned down, since a
 * holder has to look for ends first that Postgres forgot.
 */
export type PersistClaim = ({ readonly epoch: number } | { readonly fence: bigint }) & {
  readonly birth?: string
  readonly totalVersion?: number
  readonly endedCount?: number
  readonly doubts?: boolean
}

/**
 * What came of an order: the status of its row, new or known. `conflict`: its id has a row of another payload. `LEDGER_WRONG`:
 * rejected just now for a limit or a total that the ledger should have kept. `stale`: the claim is not the current one, nothing
 * was written. `quarantined`: Postgres cannot store it. `doubtful`: an order of the batch does not fit, and the claim doubts; nothing was
 * written. Of a whole batch, of which nothing was written: `foreign`, this Postgres has no
 * such item, or another under its number; `forgotten`, this Postgres was restored from before the orders' epoch or total, or from before
 * an end that had made room for them.
 */
export type Persisted =
  | StoredOrderStatus
  | 'conflict'
  | 'LEDGER_WRONG'
  | 'stale'
  | 'quarantined'
  | 'doubtful'
  | 'foreign'
  | 'forgotten'

/** SQLSTATE no_data_found, by which persist_orders() says that there is no such item. */
const noSuchItem = 'P0002'

/** Persist at most this many orders a call: about 60 ms of one row's lock, and far below any limit of the protocol. */
export const persistBatchSizeMax = 4096

/**
 * Persists accepted orders of one item in one statement, at least once and counted once (`persist_orders()`); outcomes in
 * the order given. A batch that Postgres refuses for its data is split until the culprit stands alone in quarantine.
 * Rejects on anything that may pass by itself (connection, resources, shutdown): try again.
 */
export async function persistOrders(
  database: Database,
  itemId: number,
  claim: PersistClaim,
  orders: readonly OrderToPersist[],
): Promise<Persisted[]> {
  if (orders.length === 0) return []
  try {
    return await persistTogether(database, itemId, claim, orders)
  } catch (error) {
    const sqlState = sqlStateOf(error)
    if (sqlState === noSuchItem) return orders.map(() => 'foreign')
    if (!isDataRefused(sqlState)) throw error
    if (orders.length === 1) return [await quarantine(database, itemId, orders[0]!, sqlState!, error)]
    const half = Math.ceil(orders.length / 2)
    const first = await persistOrders(database, itemId, claim, orders.slice(0, half))
    return [...first, ...(await persistOrders(database, itemId, claim, orders.slice(half)))]
  }
}

async function persistTogether(
  database: Database,
  itemId: number,
  claim: PersistClaim,
  orders: readonly OrderToPersist[],
): Promise<Persisted[]> {
  const epoch = 'epoch' in claim ? claim.epoch : null
  const fence = 'fence' in claim ? claim.fence : null
  const birth = claim.birth ? claim.birth : null
  const ids = orders.map((order) => order.orderId)
  const buyers = orders.map((order) => order.buyer)
  const quantities = orders.map((order) => order.quantity)
  const acceptedMs = orders.map((order) => order.acceptedAtMs)
  const refused = orders.some((order) => order.refused) ? orders.map((order) => order.refused ?? null) : null
  const [row] = await database.$queryRaw<[{ outcomes: string[] }]>`
    SELECT persist_orders(${itemId}::int, ${epoch}::int, ${fence}::bigint, ${ids}::uuid[], ${buyers}::text[],
      ${quantities}::int[], ${acceptedMs}::float8[], ${refused}::text[], ${birth}::bigint,
      ${claim.totalVersion ?? null}::int, ${claim.endedCount ?? null}::int, ${claim.doubts ?? false}::boolean) AS outcomes`
  return row.outcomes.map(parseOutcome)
}

function parseOutcome(outcome: string): Persisted {
  if (outcome.startsWith('rejected:')) return 'LEDGER_WRONG'
  return outcome as Persisted
}

/** Keeps the order as it came for an operator, and tells its buyer, as far as Postgres can store that, by a rejected row. */
async function quarantine(
  database: Database,
  itemId: number,
  order: OrderToPersist,
  sqlState: string,
  error: unknown,
): Promise<'quarantined'> {
  // JSON escapes what text cannot hold, but jsonb refuses an escaped NUL: keep the payload as base64 of its JSON.
  const payload = JSON.stringify(Buffer.from(JSON.stringify(order)).toString('base64'))
  const message = storable(error instanceof Error ? error.message : String(error), 500)
  await database.$executeRaw`
    INSERT INTO quarantine (item_id, order_id, payload, sql_state, message)
    VALUES (${itemId}, ${storable(order.orderId, 64)}, ${payload}::jsonb, ${sqlState}, ${message})
    ON CONFLICT (item_id, order_id) DO UPDATE SET resolution = NULL, resolved_at = NULL`
  try {
    await database.$executeRaw`
      INSERT INTO orders (id, item_id, buyer, quantity, status, reason, accepted_at)
      VALUES (${order.orderId}::uuid, ${itemId}, ${storable(order.buyer, 128)}, ${order.quantity}::int, 'rejected',
        'QUARANTINED', to_timestamp(${order.acceptedAtMs}::float8 / 1000))
      ON CONFLICT (id) DO NOTHING`
  } catch (rowError) {
    if (!isDataRefused(sqlStateOf(rowError))) throw rowError
  }
  return 'quarantined'
}
