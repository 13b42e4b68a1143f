import { setTimeout as sleep } from 'node:timers/promises'
import type { ItemAudit } from '@flash-sale/contract/ops'
import type { Target } from './target.ts'

export interface AuditedItems {
  /** In the order of the ids asked for. An item whose audit did not answer in time has none. */
  readonly audits: readonly (ItemAudit | undefined)[]
  /** From the last answer of the storm until the outbox of every item was seen empty; undefined when it never was. In ms. */
  readonly drainMs: number | undefined
}

/** An outbox empties within seconds plus its backlog at the rate of persisting. */
const drainMaxMs = 60_000
const askEveryMs = 200

/** Waits until every accepted order is in Postgres, and then has each item audited. */
export async function auditItems(
  client: Target['client'],
  itemIds: readonly number[],
  signal: AbortSignal,
): Promise<AuditedItems> {
  const sinceMs = performance.now()
  for (;;) {
    const audits: (ItemAudit | undefined)[] = []
    for (const itemId of itemIds) {
      const outcome = await client.auditItem(itemId)
      audits.push(outcome.ok ? outcome.value : undefined)
      signal.throwIfAborted()
    }
    const waitedMs = performance.now() - sinceMs
    if (audits.every((audit) => audit?.outboxUnits === 0)) return { audits, drainMs: Math.round(waitedMs) }
    if (waitedMs > drainMaxMs) return { audits, drainMs: undefined }
    await sleep(askEveryMs, undefined, { signal })
  }
}
