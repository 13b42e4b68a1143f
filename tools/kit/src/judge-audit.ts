import type { ItemAudit } from '@flash-sale/contract/ops'

/** The expected state of an item when everything has ended. */
export interface ExpectedItem {
  readonly sku: string
  readonly purchaseLimit: number
  /** The total, with every restock. */
  readonly totalAtEnd: number
}

/** An invariant (docs/invariants.md lists them) that does not hold for an item. */
export interface Fault {
  readonly invariant:
    | 'I1 no oversell'
    | 'I2 no undersell'
    | 'I3 nothing lost'
    | 'I4 exactly once'
    | 'I5 limit'
    | 'I9 liveness'
    | 'I11 units come back'
  readonly sku: string
  readonly text: string
}

/** The answers that the buyers got, as the clients counted them. */
export interface Told {
  /** Orders answered 202, without replays. */
  readonly acceptedCount: number
  /** Requests of any item without a definite answer. Each may be an accepted order. */
  readonly ambiguousCount: number
}

/**
 * Judges an item at rest by the numbers of its audit, and does not trust the audit's own verdict. A missing audit is a fault too.
 */
export function judgeAudit(item: ExpectedItem, audit: ItemAudit | undefined, told: Told): Fault[] {
  const { sku, totalAtEnd } = item
  if (!audit) return [{ invariant: 'I9 liveness', sku, text: 'the audit gave no answer' }]
  const { total, available, outboxUnits, activeUnits, returningUnits, rows, duplicates, limitBreaches, drift } = audit
  const taken = activeUnits + outboxUnits + returningUnits
  const returning = returningUnits === 0 ? '' : ` + returning ${returningUnits}`
  const parts = `available ${available} + outbox ${outboxUnits} + active ${activeUnits}${returning}`
  const sum = `${parts} = ${available + taken} of ${total}`
  const { acceptedCount, ambiguousCount } = told
  const rowsMax = acceptedCount + ambiguousCount

  const verdicts: [boolean, Fault['invariant'], string][] = [
    [taken + available <= total && available >= 0 && audit.oversold === 0, 'I1 no oversell', sum],
    [taken + available >= total && audit.undersold === 0, 'I2 no undersell', sum],
    [total === totalAtEnd, 'I2 no undersell', `the total is ${total}, and should be ${totalAtEnd}`],
    [rows >= acceptedCount, 'I3 nothing lost', `${acceptedCount} orders were answered 202, ${rows} have a row`],
    [
      rows <= rowsMax,
      'I4 exactly once',
      `${rows} rows for ${acceptedCount} orders answered 202 and ${ambiguousCount} unclear answers`,
    ],
    [duplicates === 0, 'I4 exactly once', `${duplicates} orders beyond those that the ledger accepted`],
    [drift === 0, 'I4 exactly once', `rows and counters differ by ${drift}`],
    [limitBreaches === 0, 'I5 limit', `${limitBreaches} buyers hold more than ${item.purchaseLimit}`],
    [outboxUnits === 0, 'I9 liveness', `${outboxUnits} units are still in the outbox`],
    [returningUnits === 0, 'I11 units come back', `${returningUnits} units of ended orders are not back`],
  ]
  const faults = verdicts.filter(([holds]) => !holds).map(([, invariant, text]) => ({ invariant, sku, text }))
  if (faults.length > 0 || audit.balanced) return faults
  return [{ invariant: 'I2 no undersell', sku, text: `the service itself calls it unbalanced: ${sum}` }]
}
