import { auditHolds, type SaleAudit } from './audit-sale.ts'
import { count, type Terminal } from '@flash-sale/local-stack/console/terminal'

interface Line {
  readonly name: string
  readonly value: string
  readonly meaning: string
  /** Undefined for a measurement, which is neither good nor bad. */
  readonly holds?: boolean
}

/** Prints the result of the sale: one aligned line for each number, with a short explanation. */
export function printAudit(audit: SaleAudit, terminal: Terminal): void {
  const { line, paint } = terminal
  const lines = [...verdicts(audit), ...measurements(audit)]
  const nameWidth = Math.max(...lines.map(({ name }) => name.length))
  const valueWidth = Math.max(...lines.map(({ value }) => value.length))
  line(`  ${paint('bold', 'Audit')}, counted in Postgres and Redis ${paint('dim', '(p50 and p99: by the buyers)')}`)
  line()
  for (const { name, value, meaning, holds } of lines) {
    const mark = holds === undefined ? ' ' : holds ? paint('green', '✔') : paint('red', '✘')
    const shown = value.padStart(valueWidth)
    line(
      `  ${mark} ${name.padEnd(nameWidth)}  ${holds === false ? paint('red', shown) : shown}  ${paint('dim', meaning)}`,
    )
  }
  line()
  line(
    auditHolds(audit)
      ? `  ${paint('green', '✔ All well:')} every unit sold once, every accepted order in Postgres.`
      : `  ${paint('red', '✘ Not well:')} see the lines marked ✘.`,
  )
}

function verdicts(audit: SaleAudit): Line[] {
  const { total, sold, rows, acceptedOrders, purchaseLimit, waitingUnits } = audit
  const waiting = waitingUnits === 0 ? '' : `; ${count(waitingUnits)} units still wait in the outbox`
  const stored =
    audit.lost === 0
      ? `all ${count(acceptedOrders)} accepted orders are in Postgres`
      : `of ${count(acceptedOrders)} accepted orders, those not in Postgres${waiting}`
  return [
    {
      name: 'units sold',
      value: `${count(sold)} of ${count(total)}`,
      meaning: `in ${count(rows)} orders`,
      holds: sold === total,
    },
    zero('oversold', audit.oversold, 'units sold that did not exist'),
    zero('undersold', audit.undersold, 'units nobody has and nobody can buy'),
    zero('lost', audit.lost, stored),
    zero('duplicates', audit.duplicates, 'second orders from double clicks or retries'),
    zero('limit breaches', audit.limitBreaches, `buyers who got more than ${count(purchaseLimit)}`),
    {
      name: 'stores agree',
      value: audit.isBalanced ? 'yes' : 'no',
      meaning: 'Redis and Postgres tell the same',
      holds: audit.isBalanced,
    },
  ]
}

function zero(name: string, value: number, meaning: string): Line {
  return { name, value: count(value), meaning, holds: value === 0 }
}

function measurements(audit: SaleAudit): Line[] {
  const { rows, acceptingMs, persistingMs, drainMs, p50Ms, p99Ms } = audit
  const rate = (ms: number) => count(Math.round((rows * 1_000) / Math.max(ms, 1)))
  return [
    {
      name: 'accepted/s',
      value: rate(acceptingMs),
      meaning: `orders, while stock lasted (${milliseconds(acceptingMs)})`,
    },
    { name: 'persisted/s', value: rate(persistingMs), meaning: 'orders, from first accepted to last row' },
    { name: 'p50', value: milliseconds(p50Ms), meaning: 'half of all answers came within this' },
    { name: 'p99', value: milliseconds(p99Ms), meaning: '99 of 100 answers came within this' },
    {
      name: 'time to drain',
      value: milliseconds(drainMs),
      meaning: 'from the last accepted order to the last row',
    },
  ]
}

function milliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : count(Math.round(ms))} ms`
}
