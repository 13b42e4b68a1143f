import type { Call, History, Hold } from './history.ts'

/**
 * What is wrong. Of the stock: more sold than there was (`oversold`); units that nobody can buy although nobody has them
 * (`undersold`: buyers were told "sold out"; `stuck`: buyers waited in vain); a unit or an accepted order that is nowhere
 * (`lost`). Of the lock: `two holders` at once, and that one `deletes another's`.
 */
export type Finding = 'oversold' | 'undersold' | 'stuck' | 'lost' | 'two holders' | "deletes another's"

export interface Verdict {
  /** Units that buyers have. */
  readonly sold: number
  readonly findings: readonly Finding[]
  /** Nothing is wrong with the stock, whatever the lock did. */
  readonly isSafe: boolean
}

/** Whether it is about units, and not only about who held the lock. */
export function isOfTheStock(finding: Finding): boolean {
  return finding !== 'two holders' && finding !== "deletes another's"
}

/** Judges a trial. Knows stock, history and time, and nothing of how a strategy works. */
export function judge(history: History): Verdict {
  const { stock, unitsLeft, kept, calls, holds } = history
  const told = buyersTold(calls, 'sold')
  const missing = kept ? told.filter((buyer) => !kept.includes(buyer)) : []
  // An order on record is a sale also when its buyer was not told; a sale that was told is one also without a record.
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

/** After the last sale somebody asked a living process, and got nothing for it. */
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

/** A releases after B took the lock from it, and C gets the lock while B still holds it. */
function deletesAnothers(holds: readonly Hold[]): boolean {
  return holds.some((a) =>
    holds.some((b) => {
      const released = a.releasedMs
      if (released === undefined || a.fromMs >= b.fromMs || b.fromMs >= released) return false
      return holds.some((c) => c !== a && c !== b && released <= c.fromMs && c.fromMs < b.untilMs)
    }),
  )
}
