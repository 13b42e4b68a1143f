/** A guard in the TypeScript of a worker, an API or what both run, and the same line without it. */
export interface SourceMutant {
  readonly name: string
  /** From the workspace on. */
  readonly file: string
  /** Stands in the file exactly once. */
  readonly line: string
  readonly without: string
  /** The test file that has to fail. */
  readonly test: string
}

const drain = { file: 'apps/worker/src/drain-item.ts', test: 'apps/worker/src/drain-item.test.ts' }
const adoption = { file: 'apps/worker/src/adopt-orders.ts', test: 'apps/worker/src/adopt-orders.test.ts' }
const sweep = { file: 'apps/worker/src/find-amiss.ts', test: 'apps/worker/src/sweep.test.ts' }
const rebuild = { file: 'packages/upkeep/src/rebuild-item.ts', test: 'packages/upkeep/src/rebuild-item.test.ts' }
const persist = { file: 'packages/database/src/persist-orders.ts', test: 'apps/worker/src/drain-item.test.ts' }
const batcher = {
  file: 'packages/stock/src/reservation-batcher.ts',
  test: 'packages/stock/src/reservation-batcher.test.ts',
}
const sending = {
  file: 'packages/stock/src/reserve-strategy.ts',
  test: 'apps/api/src/orders/place-order-on-failing-stores.test.ts',
}
const lookUp = {
  file: 'apps/api/src/orders/look-up-order.ts',
  test: 'apps/api/src/orders/place-order-on-failing-stores.test.ts',
}

export const sourceMutants: readonly SourceMutant[] = [
  {
    ...drain,
    name: 'an entry is acknowledged only after the COMMIT',
    line: 'const outcomes = await persistAll(database, itemId, epoch, orders)',
    without: `await acknowledge(redis, itemId, epoch, entries.map((entry) => entry.id))
  const outcomes = await persistAll(database, itemId, epoch, orders)`,
  },
  {
    ...drain,
    name: 'orders of an older ledger are adopted',
    line: 'if (stale.length > 0) await adoptStale(context, itemId, stale)',
    without: '',
    test: adoption.test,
  },
  {
    ...drain,
    name: 'adoption is tried until the ledger has judged',
    line: "if (adopted === 'ADOPTED') return",
    without: 'return',
    test: adoption.test,
  },
  {
    ...drain,
    name: 'a ledger that Postgres convicts is suspended',
    line: 'await suspendLedger(redis, itemId, epoch)',
    without: '',
  },
  {
    ...drain,
    name: 'a worker told to stop begins no other batch',
    line: 'while (!context.signal.aborted) {',
    without: 'for (;;) {',
  },
  {
    ...persist,
    name: 'a refused batch is split until the bad order stands alone',
    line: 'const half = Math.ceil(orders.length / 2)',
    without: 'throw error\n  const half = Math.ceil(orders.length / 2)',
  },
  {
    ...sweep,
    name: 'a ledger of another epoch is not believed',
    line: "if (ledger === 'NOT_LOADED' || ledger.epoch !== item.epoch) return 'UNSOUND'",
    without: "if (ledger === 'NOT_LOADED') return null",
  },
  {
    ...sweep,
    name: 'an old outbox entry is drained unasked',
    line: "return ageMs < 0 || ageMs > outboxAgeMaxMs ? 'OUTBOX_OLD' : null",
    without: 'return ageMs === Number.NaN ? `OUTBOX_OLD` : null',
  },
  {
    ...sweep,
    name: 'units that differ are noticed',
    line: "if (ledger.available !== item.total - item.persisted) return 'UNITS_DIFFER'",
    without: '',
  },
  {
    ...rebuild,
    name: 'a rebuild persists the outbox first',
    line: 'await offerOutbox(stores, held)',
    without: '',
  },
  {
    ...rebuild,
    name: 'a rebuild persists what the ledger remembers',
    line: 'await offerRemembered(stores, held)',
    without: '',
  },
  {
    ...rebuild,
    name: 'a ledger of which more is sold than there is stays closed',
    line: "const state = available < 0 ? 'closed' : item.state",
    without: 'const { state } = item',
    test: sweep.test,
  },
  {
    ...batcher,
    name: 'after a lost reply a refusal is not definite',
    line: 'waiting.ambiguous ||= lane.sent',
    without: 'waiting.ambiguous ||= false',
  },
  {
    ...batcher,
    name: 'an ambiguous refusal is told as unknown',
    line: "settle(waiting, waiting.ambiguous ? { kind: 'OUTCOME_UNKNOWN' } : reservation)",
    without: 'settle(waiting, reservation)',
  },
  {
    ...batcher,
    name: 'a batch that was sent again is ambiguous',
    line: 'waiting.ambiguous ||= outcome.resent === true',
    without: '',
  },
  {
    ...batcher,
    name: 'a sent order is unknown at its deadline',
    line: "if (lane.sent) settle(waiting, { kind: 'OUTCOME_UNKNOWN' })",
    without: "if (lane.sent) settle(waiting, { kind: 'BUSY' })",
  },
  {
    ...batcher,
    name: 'an order whose time ran out is not sent any more',
    line: 'if (!lane.sending.every(isUnanswered)) lane.sending = lane.sending.filter(isUnanswered)',
    without: '',
  },
  {
    ...batcher,
    name: 'a busy batch is sent again',
    line: "if (outcome.kind !== 'BUSY') return () => settleAll(lane.itemId, sending, outcome)",
    without: 'return () => settleAll(lane.itemId, sending, outcome as never)',
  },
  {
    ...batcher,
    name: 'over its bound an API sheds',
    line: 'if (closing || pendingCount >= options.pendingCountMax) return',
    without: 'if (closing) return',
  },
  {
    ...sending,
    name: 'a refusal on another connection is no reply',
    line: 'if (connectionLossCount(redis) !== lossesBefore) throw new ReplyLostError()',
    without: '',
    test: 'tools/e2e/src/crash/api-killed.test.ts',
  },
  {
    ...sending,
    name: 'a newer epoch is asked for once',
    line: 'known = refreshed ? undefined : await ledgers.refresh(itemId).catch(() => undefined)',
    without: 'known = undefined',
    test: 'packages/upkeep/src/rebuild-item.test.ts',
  },
  {
    name: 'what was seen of an older epoch is forgotten',
    file: 'packages/stock/src/known-ledgers.ts',
    line: 'else if (ledger.epoch !== epoch) Object.assign(ledger, { epoch, sequence: 0 })',
    without: 'else if (ledger.epoch !== epoch) Object.assign(ledger, { epoch })',
    test: 'packages/stock/src/known-ledgers.test.ts',
  },
  {
    ...lookUp,
    name: 'only a ledger at the current epoch may say that there is no such order',
    line: "return 'NOT_KNOWABLE'",
    without: "return 'ABSENT'",
  },
  {
    ...lookUp,
    name: 'an order is read from Postgres first',
    line: 'if (row) return { buyer: row.buyer, view: viewOfRow(row) }',
    without: '',
    test: 'apps/api/src/orders/read-order.test.ts',
  },
]
