import type { ItemAudit } from '@flash-sale/contract/ops'
import { judgeAudit, type Fault } from '@flash-sale/kit/judge-audit'
import type { PaymentViolation } from '@flash-sale/kit/judge-payments'
import { countOf, failedChecksOf, thresholdsOf, type K6Summary } from './k6-summary.ts'
import type { PlannedItem } from './plan.ts'

export interface AuditedItem {
  readonly item: PlannedItem
  /** Answers 202 without replays, as k6 counted them. */
  readonly acceptedCount: number
  readonly audit: ItemAudit | undefined
  readonly faults: readonly Fault[]
}

export interface Verdict {
  readonly items: readonly AuditedItem[]
  /** One line for each threshold and each invariant that did not hold. None: the run has passed. */
  readonly failures: readonly string[]
}

/** Compares k6's results with the stores. `money`: what was found wrong in the provider's books. */
export function judgeRun(
  k6: K6Summary,
  planned: readonly PlannedItem[],
  audits: readonly (ItemAudit | undefined)[],
  money: readonly PaymentViolation[] = [],
): Verdict {
  const ambiguousCount = countOf(k6, 'ambiguous_answers')
  const items = planned.map((item, i) => {
    const acceptedCount = countOf(k6, `accepted_item_${item.itemId}`)
    const audit = audits[i]
    return { item, acceptedCount, audit, faults: judgeAudit(item, audit, { acceptedCount, ambiguousCount }) }
  })
  const crossed = thresholdsOf(k6).filter(({ ok }) => !ok)
  const failures = [
    ...crossed.map(({ metric, condition, measured }) => `threshold ${metric} ${condition}: it was ${figure(measured)}`),
    ...failedChecksOf(k6.root_group).map(
      ({ name, fails, passes }) => `check "${name}" failed ${fails} of ${fails + passes} times`,
    ),
    ...items
      .flatMap(({ faults }) => faults)
      .map(({ invariant, sku, text }) => `invariant ${invariant}, item ${sku}: ${text}`),
    ...money.map(({ invariant, detail }) => `invariant ${invariant} money: ${detail}`),
  ]
  return { items, failures }
}

/** A measured number as short text. A share has enough digits to tell almost all from all. */
export function figure(value: number | undefined): string {
  if (value === undefined) return 'not measured'
  const maximumFractionDigits = value < 1 ? 4 : value < 10 ? 2 : 0
  return value.toLocaleString('en-US', { maximumFractionDigits })
}
