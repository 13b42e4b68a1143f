import type { Call, History, Hold } from './history.ts'

/**
 * The faults of a trial. Faults of the stock: more units were sold than existed (`oversold`); units that nobody has cannot be bought
 * (`undersold`: buyers got "sold out"; `stuck`: buyers waited in vain); a unit or an accepted order is nowhere (`lost`). Faults of the
 * lock: `two holders` at once, or a holder `deletes another's`.
 */
export type Finding = 'oversold' | 'undersold' | 'stuck' | 'lost' | 'two holders' | "deletes another's"

export interface Verdict {
  /** Units that buyers have. */
  readonly sold: number
  readonly findings: readonly Finding[]
  /** The stock has no fault, whatever the lock did. */
  readonly isSafe: boolean
}

/** Whether the finding is about units, not only about holders of the lock. */
export function isOfTheStock(finding: Finding): boolean {
  return finding !== 'two holders' && finding !== "deletes another's"
}

/** Judges a trial by its stock, history and times, without knowing the strategy. */
export function judge(history: History): Verdict {
  const { stock, unitsLeft, kept, calls, holds } = history
  const told = buyersTold(calls, 'sold')
  const missing = kept ? told.filter((buyer) => !kept.includes(buyer)) : []
  // An order on record counts as a sale even if its buyer got no answer. A sale that a buyer was told of counts even without a record.
  const sold = kept ? kept.length + missing.length : told.length
  const vanished = unitsLeft === undefined ? 0 : stock - unitsLeft - sold
  const findings: Finding[] = []
  if (sold > stock) findings.push('oversold')
  if (missing.length > 0 || vanished > 0) findings.push('lost')
  if (sold < stock && buyersTold(calls, 'sold out').length > 0) findings.push('undersold')
  if (sold < stock && waitedInVain(calls)) findings.push('stuck')
  if (overlap(holds)) findings.push('two holders')
  if (deletesAnothers(holds)) findings.push("deletes another's")
  return { sold, findings, isSafe: !findings.some(isOfTheStock) }
}

function buyersTold(calls: readonly Call[], outcome: 'sold' | 'sold out'): string[] {
  return calls.filter(({ answer }) => answer?.outcome === outcome).map(({ buyer }) => buyer)
}

/** Whether a buyer asked a living process after the last sale and got nothing. */
function waitedInVain(calls: readonly Call[]): boolean {
  const soldAtMs = calls.map(({ answer }) => (answer?.outcome === 'sold' ? answer.atMs : -Infinity))
  const lastSaleMs = Math.max(-Infinity, ...soldAtMs)
  return calls.some(({ answer, died }) => {
    if (answer) return answer.outcome === 'gave up' && answer.atMs > lastSaleMs
    return !died
  })
}

function overlap(holds: readonly Hold[]): boolean {
  return holds.some((a) => holds.some((b) => a !== b && a.fromMs < b.fromMs && b.fromMs < a.untilMs))
}

/** Whether A releases after B took the lock from it, and C then gets the lock while B still holds it. */
function deletesAnothers(holds: readonly Hold[]): boolean {
  return holds.some((a) =>
    holds.some((b) => {
      const released = a.releasedMs
      if (released === undefined || a.fromMs >= b.fromMs || b.fromMs >= released) return false
      return holds.some((c) => c !== a && c !== b && released <= c.fromMs && c.fromMs < b.untilMs)
    }),
  )
}
