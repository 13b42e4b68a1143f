import { readOrderLives } from '@flash-sale/kit/judge-feed'
import { judgeLife, type LifeViolation } from '@flash-sale/kit/judge-life'
import { judgeSale } from '@flash-sale/kit/judge-sale'
import type { Fault } from '../faults/fault.ts'
import type { PaidItem } from '../load/paid-item.ts'
import type { Town } from '../town/town.ts'
import { checkOptionsOf } from './judge-round.ts'
import { judgeBeforeAndAfter } from './judge-before-and-after.ts'
import { judgeUntilSettled } from './judge-until-settled.ts'
import type { LifeCounts } from './round-result.ts'

const rest = { withinMs: 60_000, lookEveryMs: 250 }

/** Holds the item's orders, stores, payments and feed against each other until nothing is wrong, or nothing changes any more. */
export async function lifeViolationsAtRest(
  town: Town,
  paid: PaidItem,
  fault: Fault,
  signal: AbortSignal,
): Promise<LifeViolation[]> {
  const { itemId, history, reader, notes, books } = paid
  const { redis, postgres } = town
  const { databaseUrl } = postgres
  const sale = () => ({ itemId, history, redis: redis.client, databaseUrl, books: books() })
  const options = { ...checkOptionsOf(fault), unitsCameBack: true }
  const settled = (judge: () => Promise<LifeViolation[]>) => judgeUntilSettled(judge, { ...rest, signal })
  if (fault.forgetsMoney) {
    return settled(async () => withoutExcused(await judgeSale(sale(), options), await countPaidAgainUnits(town, paid)))
  }
  return judgeBeforeAndAfter(
    () => settled(() => judgeLife({ ...sale(), reader, notes }, options)),
    () => bringNextTriesAbout(town, itemId),
  )
}

/**
 * Units of orders that the feed told as ended, and that are paid now. Nobody stops the money here, as docs/recover.md asks: it may come for
 * an order before a worker sees that Postgres forgot its end. Then the order holds its units, and those who bought them since have none.
 */
async function countPaidAgainUnits({ postgres }: Town, { itemId, reader }: PaidItem): Promise<number> {
  const ended = reader.told.filter(({ status }) => status === 'cancelled' || status === 'expired')
  const [row] = await postgres.query<{ units: number }>(
    `SELECT coalesce(sum(quantity), 0)::int AS units FROM orders WHERE item_id = $1 AND status = 'paid' AND id = ANY($2)`,
    [itemId, ended.map(({ orderId }) => orderId)],
  )
  return row!.units
}

/** Without orders that were accepted and rejected, if these are no more than the units that others paid again. */
export function withoutExcused(violations: LifeViolation[], paidAgainUnits: number): LifeViolation[] {
  const inVain = violations.filter(({ fault }) => fault === 'ACCEPTED_IN_VAIN')
  return inVain.length > paidAgainUnits ? violations : violations.filter((violation) => !inVain.includes(violation))
}

/**
 * A worker that a fault kept from its work tries again after half a minute, or later. That time comes now. What waits for no time stays as it
 * is, and is found. The times are the workers' claims too, so no worker may be at the work: see `judgeBeforeAndAfter()`.
 */
async function bringNextTriesAbout({ postgres }: Town, itemId: number): Promise<void> {
  await postgres.query(
    `WITH checks AS (
       UPDATE payments SET check_at = clock_timestamp() WHERE item_id = $1 AND check_at > clock_timestamp()
     )
     UPDATE refunds r SET next_try_at = clock_timestamp() FROM payments p
     WHERE p.id = r.payment_id AND p.item_id = $1 AND r.state = 'due' AND r.next_try_at > clock_timestamp()`,
    [itemId],
  )
}

export async function countLives({ postgres }: Town, { itemId, books }: PaidItem): Promise<LifeCounts> {
  const lives = await readOrderLives(postgres.databaseUrl, itemId)
  const countOf = (...wanted: string[]) =>
    lives.filter(({ statuses }) => statuses.some((status) => wanted.includes(status))).length
  return {
    paidCount: countOf('paid'),
    givenBackCount: countOf('cancelled', 'expired'),
    refundedCount: books().refunds.length,
  }
}
