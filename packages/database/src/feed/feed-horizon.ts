import { setTimeout as sleep } from 'node:timers/promises'
import { createSharedRead } from '@flash-sale/runtime/shared-read'
import type { Database } from '../connect.ts'

/** Knows how far the feed is decided: a reader that goes no further misses nothing. */
export interface FeedHorizon {
  /**
   * The number up to which the feed is decided: no transaction in flight, and none that begins later, brings an event with this number or a
   * lower one. If nothing behind `after` is decided yet, it waits for the transactions in flight, for `settleWithinMs` at most.
   */
  read(after: bigint): Promise<bigint>
}

/** A number of the feed, and a transaction id that was taken after that number was seen. */
interface Mark {
  readonly number: bigint
  readonly transactionId: bigint
}

/** Persisting a full batch takes about 60 ms. */
const settleWithinMsDefault = 250
const lookAgainMs = 5
/** Bounds the memory while one transaction stays in flight. */
const markCountMax = 64

/**
 * Numbers are taken before their transactions commit, so a higher number may be seen before a lower one. But a transaction has its id
 * before it takes a number (the trigger take_transaction_id). So: look which number was given last, take a transaction id after that, and
 * wait until every transaction with a lower id has ended. Then all numbers up to that one are decided. A process keeps its last few looks,
 * so that one long transaction holds up only what was numbered since it began. No row carries a transaction id, and nothing of it is in a
 * cursor, so it does not matter that another Postgres, after a restore or an upgrade, counts its transactions differently.
 */
export function createFeedHorizon(database: Database, settleWithinMs = settleWithinMsDefault): FeedHorizon {
  /** In the order of both their numbers and their ids. */
  let marks: Mark[] = []
  let decided = 0n
  let history = ''

  /** Learns what is decided by now. Returns the number that was given last. */
  async function look(): Promise<bigint> {
    const [{ last, ...seen }] = await database.$queryRaw<[{ last: bigint; history: string }]>`
      SELECT coalesce(pg_sequence_last_value('orders_number_seq'), 0) AS last,
        concat_ws(' ', pg_postmaster_start_time(), 'orders'::regclass::oid) AS history`
    // Postgres was started again, perhaps from an older copy, or the tables were made anew: what was seen before says nothing.
    if (seen.history !== history || last < (marks.at(-1)?.number ?? decided)) {
      marks = []
      decided = 0n
      history = seen.history
    }
    if (last > (marks.at(-1)?.number ?? decided)) await mark(last)
    if (marks.length > 0) await settle()
    return last
  }

  async function mark(number: bigint): Promise<void> {
    const [{ id }] = await database.$queryRaw<[{ id: string }]>`SELECT pg_current_xact_id()::text AS id`
    if (marks.length === markCountMax) marks.pop()
    marks.push({ number, transactionId: BigInt(id) })
  }

  async function settle(): Promise<void> {
    const [now] = await database.$queryRaw<[{ oldest: string; history: string }]>`
      SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS oldest,
        concat_ws(' ', pg_postmaster_start_time(), 'orders'::regclass::oid) AS history`
    if (now.history !== history) return
    const passed = marks.filter(({ transactionId }) => transactionId < BigInt(now.oldest))
    marks = marks.slice(passed.length)
    decided = passed.at(-1)?.number ?? decided
  }

  // One look at a time keeps the marks in order.
  const lookTogether = createSharedRead(look, 0)

  return {
    async read(after) {
      const untilMs = performance.now() + settleWithinMs
      const asked = await lookTogether()
      const isWorthWaiting = () => decided <= after && decided < asked && performance.now() < untilMs
      while (isWorthWaiting()) {
        await sleep(lookAgainMs)
        await lookTogether()
      }
      return decided
    },
  }
}
