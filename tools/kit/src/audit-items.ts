import type { Client } from '@flash-sale/contract/client'
import type { ItemAudit } from '@flash-sale/contract/ops'
import { askPatiently } from './patience.ts'

export interface AuditedItems {
  /** In the order of the given ids. Undefined for an item whose audit did not answer in time. */
  readonly audits: readonly (ItemAudit | undefined)[]
  /** Time from the last answer of the storm until every item's outbox was empty; undefined if it never was. In ms. */
  readonly drainMs: number | undefined
}

/** Long enough for an outbox, and for units of ended orders: a few seconds, plus its backlog at the rate of persisting. */
const drainMaxMs = 60_000
const askEveryMs = 100

/** Waits up to a minute until every accepted order is in Postgres and no units are returning. Resolves with the service's own audit of each item. */
export async function auditItems(
  operator: Client,
  itemIds: readonly number[],
  signal?: AbortSignal,
): Promise<AuditedItems> {
  const sinceMs = performance.now()
  const audits = await askPatiently(
    () => auditOnce(operator, itemIds, signal),
    (found) => (isDrained(found) ? 'NEVER' : {}),
    { untilMs: drainMaxMs, pauseMs: askEveryMs, ...(signal && { signal }) },
  )
  return { audits, drainMs: isDrained(audits) ? Math.round(performance.now() - sinceMs) : undefined }
}

async function auditOnce(operator: Client, itemIds: readonly number[], signal: AbortSignal | undefined) {
  const audits: (ItemAudit | undefined)[] = []
  for (const itemId of itemIds) {
    const outcome = await operator.auditItem(itemId)
    audits.push(outcome.ok ? outcome.value : undefined)
    signal?.throwIfAborted()
  }
  return audits
}

function isDrained(audits: readonly (ItemAudit | undefined)[]): boolean {
  return audits.every((audit) => audit?.outboxUnits === 0 && audit.returningUnits === 0)
}
