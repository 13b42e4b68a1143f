/** A guard in the TypeScript of a worker, an API or what both run, and the same line without it. */
export interface SourceMutant {
  readonly name: string
  /** From the workspace on. */
  readonly file: string
  /** Stands in the file exactly once. */
  readonly line: string
  readonly without: string
  /** The test that has to fail, and its file. */
  readonly test: string
  readonly title: string
}

const drain = { file: 'apps/worker/src/drain-item.ts', test: 'apps/worker/src/drain-item.test.ts' }
const adoption = { test: 'apps/worker/src/adopt-orders.test.ts' }
const sweep = { file: 'apps/worker/src/find-amiss.ts', test: 'apps/worker/src/sweep.test.ts' }
const rebuild = { file: 'packages/upkeep/src/rebuild-item.ts', test: 'packages/upkeep/src/rebuild-item.test.ts' }
const losses = { file: 'apps/worker/src/watch-losses.ts', test: 'apps/worker/src/watch-losses.test.ts' }
const persist = { file: 'packages/database/src/persist-orders.ts', test: 'apps/worker/src/drain-item.test.ts' }
const batcher = {
  file: 'packages/stock/src/reservation-batcher.ts',
  test: 'packages/stock/src/reservation-batcher.test.ts',
}
const lookUp = {
  file: 'apps/api/src/orders/look-up-order.ts',
  test: 'apps/api/src/orders/place-order-on-failing-stores.test.ts',
}

export const sourceMutants: readonly SourceMutant[] = [
  {
    ...drain,
    name: 'an entry is acknowledged only after the COMMIT',
    title: 'an entry stays in the outbox until its orders are committed',
    line: 'const outcomes = await persistAll(database, itemId, claim, orders)',
    without: `await acknowledge(redis, itemId, { birth, epoch }, entries.map((entry) => entry.id))
  const outcomes = await persistAll(database, itemId, claim, orders)`,
  },
  {
    ...drain,
    name: 'orders of an older ledger are adopted',
    title: 'orders that only a stopped worker still knew are adopted by the rebuilt ledger',
    line: 'if (stale.length > 0 &&',
    without: 'if (false &&',
    test: adoption.test,
  },
  {
    ...drain,
    name: 'adoption is tried until the ledger has judged',
    title: 'orders wait for adoption while there is no ledger yet',
    line: "if (adopted !== 'LATER') {",
    without: "if (adopted === 'LATER') return 'ADOPTED'\n    if (adopted !== 'LATER') {",
    test: adoption.test,
  },
  {
    ...drain,
    name: 'a ledger that Postgres convicts is suspended',
    title: 'become rejected rows, suspend the ledger, and the rebuilt one sells the rest exactly',
    line: "    await suspendOrKeep(context, itemId, entries)\n    return 'DOUBTED'",
    without: "    return 'DOUBTED'",
  },
  {
    ...drain,
    name: 'a worker told to stop begins no other batch',
    title: 'a worker that is told to stop finishes the batch in hand and begins no other',
    line: 'while (!context.signal.aborted) {',
    without: 'for (;;) {',
  },
  {
    ...persist,
    name: 'a refused batch is split until the bad order stands alone',
    title: 'does not stop the batches behind it, and several are each put aside',
    line: 'const half = Math.ceil(orders.length / 2)',
    without: 'throw error\n  const half = Math.ceil(orders.length / 2)',
  },
  {
    ...sweep,
    name: 'a ledger that is missing is not believed',
    title: 'a ledger that went missing is rebuilt, the repair is on record, and it sells on exactly',
    line: "if (ledger === 'NOT_LOADED' || isOfAnother(ledger, item.birth)) return 'UNSOUND'",
    without: "if (ledger === 'NOT_LOADED') return null",
  },
  {
    ...sweep,
    name: 'an old outbox entry is drained unasked',
    title: 'an outbox entry that nobody rang for is persisted once it is old',
    line: "return ageMs < 0 || ageMs > outboxAgeMaxMs ? 'OUTBOX_OLD' : null",
    without: 'return ageMs === Number.NaN ? `OUTBOX_OLD` : null',
  },
  {
    ...sweep,
    name: 'units that differ are noticed',
    title: 'units that differ',
    line: "if (givenBackUnits < 0 || givenBackUnits > item.returningUnits) return 'UNITS_DIFFER'",
    without: '',
  },
  {
    ...rebuild,
    name: 'a rebuild persists the outbox first',
    title: 'when only the outbox has it',
    line: 'await saveOutbox(stores, held, saving)',
    without: '0',
  },
  {
    ...rebuild,
    name: 'a rebuild persists what the ledger remembers',
    title: 'when only the ledger remembers it',
    line: 'await saveRemembered(stores, held, saving)',
    without: '',
  },
  {
    ...rebuild,
    name: 'the hashes are dropped only if Postgres still has what was saved',
    title: 'to before the epoch, when the orders had been saved, loses no order that only the hashes know',
    line: 'requireOwnEpoch(await readItem(stores.database, itemId), rebuild, epoch)',
    without: '',
    test: 'packages/upkeep/src/rebuild-of-another-item.test.ts',
  },
  {
    name: 'forgotten ends are looked for before an order is turned down',
    title: 'an order that waits is not rejected: no unit is missing',
    file: 'packages/upkeep/src/save-orders.ts',
    line: 'await endAllForgotten(stores, held, birth)',
    without: '',
    test: 'apps/worker/src/forgotten-ends.test.ts',
  },
  {
    name: 'a worker turns no order down',
    title: 'an order that waits is not rejected: no unit is missing',
    file: 'apps/worker/src/drain-item.ts',
    line: 'endedCount, doubts: true }',
    without: 'endedCount }',
    test: 'apps/worker/src/forgotten-ends.test.ts',
  },
  {
    name: 'a refusal of an adoption outlives a Postgres that comes back older',
    title: 'an order that was refused on adoption stays refused though Postgres forgot its row',
    file: 'packages/upkeep/src/save-orders.ts',
    line: "standing === 'returned' ? [] :",
    without: "standing !== 'held' ? [] :",
    test: rebuild.test,
  },
  {
    ...sweep,
    name: 'processes that did not come to offer are told',
    title: 'a process that did not come to offer its orders is told, with a bound, once',
    line: "if (ledger.unitsLackingMax !== undefined) return 'OFFERS_MISSED'",
    without: '',
  },
  {
    ...losses,
    name: 'committed orders are looked for when no offers come any more',
    title: 'nothing is told while API processes may still offer the orders',
    line: '|| ledger.takesOffersOnly',
    without: '',
  },
  {
    ...losses,
    name: 'what the ledger remembers is not lost',
    title: 'orders that one store has are not told',
    line: 'suspects.filter((_, i) => !remembered[i])',
    without: 'suspects.filter((_, i) => remembered[i] !== undefined)',
  },
  {
    ...rebuild,
    name: 'a ledger of which more is sold than there is stays closed',
    title: 'an item of which more is active than there is stays closed, and is not made anew again and again',
    line: "const state = isOversold ? 'closed' : item.state",
    without: 'const { state } = item',
    test: sweep.test,
  },
  {
    ...batcher,
    name: 'after a lost reply a refusal is not definite',
    title: 'after a sending without a reply, busy or not loaded is no longer definite',
    line: 'waiting.ambiguous ||= lane.sent',
    without: 'waiting.ambiguous ||= false',
  },
  {
    ...batcher,
    name: 'an ambiguous refusal is told as unknown',
    title: 'after a sending without a reply, busy or not loaded is no longer definite',
    line: "settle(waiting, waiting.ambiguous ? { kind: 'OUTCOME_UNKNOWN' } : reservation)",
    without: 'settle(waiting, reservation)',
  },
  {
    ...batcher,
    name: 'a batch that was sent again is ambiguous',
    title: 'a refusal is not definite when another sending of the batch may still arrive',
    line: 'waiting.ambiguous ||= outcome.resent === true',
    without: '',
  },
  {
    ...batcher,
    name: 'a sent order is unknown at its deadline',
    title: 'an order whose reply does not come in time is unknown; one that was never sent is definitely refused',
    line: "if (lane.sent) settle(waiting, { kind: 'OUTCOME_UNKNOWN' })",
    without: "if (lane.sent) settle(waiting, { kind: 'BUSY' })",
  },
  {
    ...batcher,
    name: 'an order whose time ran out is not sent any more',
    title: 'an order whose time ran out before its batch went off is definitely refused, and is not sent after that',
    line: 'if (!lane.sending.every(isUnanswered)) lane.sending = lane.sending.filter(isUnanswered)',
    without: '',
  },
  {
    ...batcher,
    name: 'a busy batch is sent again',
    title: 'a batch that was refused as busy is sent again until the ledger judges it',
    line: "if (outcome.kind !== 'BUSY') return () => settleAll(lane.itemId, sending, outcome)",
    without: 'return () => settleAll(lane.itemId, sending, outcome as never)',
  },
  {
    ...batcher,
    name: 'over its bound an API sheds',
    title: 'over its bound it sheds at once, and takes orders again when there is room',
    line: 'if (closing || pendingCount >= options.pendingCountMax) return',
    without: 'if (closing) return',
  },
  {
    file: 'packages/stock/src/reserve-strategy.ts',
    name: 'a newer epoch is asked for once',
    title: 'a ledger that went missing comes back from the rows, with the limit of every buyer',
    line: 'known = refreshed ? undefined : await ledgers.refresh(itemId).catch(() => undefined)',
    without: 'known = undefined',
    test: 'packages/upkeep/src/rebuild-item.test.ts',
  },
  {
    name: 'what was seen of an older epoch is forgotten',
    title: 'what was seen of an older epoch says nothing of the new one',
    file: 'packages/stock/src/known-ledgers.ts',
    line: 'else if (ledger.epoch !== epoch) Object.assign(ledger, { epoch, sequence: 0 })',
    without: 'else if (ledger.epoch !== epoch) Object.assign(ledger, { epoch })',
    test: 'packages/stock/src/known-ledgers.test.ts',
  },
  {
    ...lookUp,
    name: 'only a ledger at the current epoch may say that there is no such order',
    title: 'without its ledger an item is not available: never sold out, and an accepted order never not found',
    line: "return 'NOT_KNOWABLE'",
    without: "return 'ABSENT'",
  },
  {
    ...lookUp,
    name: 'an order is read from Postgres first',
    title: 'it is confirmed from the commit on, also before its outbox entry is acknowledged',
    line: 'if (row) return { buyer: row.buyer, view: viewOfRow(row) }',
    without: '',
    test: 'apps/api/src/orders/read-order.test.ts',
  },
  {
    file: 'packages/database/src/feed/feed-horizon.ts',
    name: 'a reader of the feed waits for transactions in flight',
    title: 'a change is not told before a change with a lower number that commits later',
    line: 'const passed = marks.filter(({ transactionId }) => transactionId < BigInt(now.oldest))',
    without: 'const passed = marks',
    test: 'packages/database/src/feed/feed-horizon.test.ts',
  },
  {
    file: 'apps/worker/src/webhooks/window.ts',
    name: 'an order has one change on its way at a time',
    title: 'the next change of an order waits until its change before is delivered',
    line: 'if (orders.has(placed.event.orderId)) break',
    without: '',
    test: 'apps/worker/src/webhooks/window.test.ts',
  },
]
