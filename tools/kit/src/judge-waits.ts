import { Client } from 'pg'

/** A payment to look at, or a refund to try, later. Times are in seconds. */
export interface MoneyWait {
  readonly id: string
  /** The state of the payment, or `refund`. */
  readonly kind: 'open' | 'failed' | 'paid' | 'late' | 'refund'
  readonly waitSeconds: number
  /** Since the payment or the refund was written. */
  readonly ageSeconds: number
  /** Tries of a refund. */
  readonly attempts: number
}

/** A breach of I12 (docs/invariants.md), in words: money waits longer than it ever should. */
export interface WaitViolation {
  readonly invariant: 'I12'
  readonly fault: 'PUT_OFF_TOO_LONG'
  readonly detail: string
}

/** A worker puts off what it takes by this. The rules are repeated here, so that the judge does not trust the code under test. */
const claimSeconds = 24
const hourSeconds = 3_600
/** The first look at an open payment is after a minute, and after a restore it is five minutes away (docs/recover.md). */
const firstLookSeconds = 300
/** Clocks are read to the millisecond. */
const slackSeconds = 1

/** Payments and refunds whose next look or try is further off than any wait that the service gives them. */
export function findLongWaits(waits: readonly MoneyWait[]): WaitViolation[] {
  return waits.flatMap((wait) => {
    const longest = longestSecondsOf(wait)
    if (wait.waitSeconds <= longest + slackSeconds) return []
    const what = wait.kind === 'refund' ? 'the refund of payment' : `the ${wait.kind} payment`
    // Without the wait, which changes all the time: what stays is found again the same.
    return [
      { invariant: 'I12', fault: 'PUT_OFF_TOO_LONG', detail: `${what} ${wait.id} is put off by more than it may` },
    ]
  })
}

function longestSecondsOf({ kind, ageSeconds, attempts }: MoneyWait): number {
  if (kind === 'late') return claimSeconds
  if (kind === 'refund') return attempts === 0 ? 0 : claimSeconds + Math.min(2 ** (attempts - 1), hourSeconds)
  return Math.max(firstLookSeconds, Math.min(ageSeconds, hourSeconds))
}

/** Reads what waits of an item's money, by plain SQL, and judges it. */
export async function judgeWaits(databaseUrl: string, itemId: number): Promise<WaitViolation[]> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<MoneyWait>(
      `WITH waits AS (
         SELECT id, state::text AS kind, check_at AS at, created_at, 0 AS attempts
         FROM payments WHERE item_id = $1 AND check_at IS NOT NULL
         UNION ALL
         SELECT p.id, 'refund', r.next_try_at, r.created_at, r.attempts
         FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.item_id = $1 AND r.state = 'due'
       )
       SELECT id::text, kind, attempts, extract(epoch FROM at - clock_timestamp())::float8 AS "waitSeconds",
         extract(epoch FROM clock_timestamp() - created_at)::float8 AS "ageSeconds"
       FROM waits`,
      [itemId],
    )
    return findLongWaits(rows)
  } finally {
    await client.end()
  }
}
