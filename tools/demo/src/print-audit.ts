import { auditHolds, isPaid, unitsIn, type SaleAudit } from './audit-sale.ts'
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
  line(`    ${placesOf(audit)}`)
  line()
  line(
    auditHolds(audit)
      ? `  ${paint('green', '✔ All well:')} every unit paid once, every accepted order in Postgres.`
      : `  ${paint('red', '✘ Not well:')} see the lines marked ✘.`,
  )
}

/** The equation of every audit. */
function placesOf({ places, total }: SaleAudit): string {
  const { available, outboxUnits, activeUnits, returningUnits } = places
  const parts = [
    `available ${count(available)}`,
    `outbox ${count(outboxUnits)}`,
    `active ${count(activeUnits)}`,
    `returning ${count(returningUnits)}`,
  ]
  return `${parts.join(' + ')} = ${count(unitsIn(places))} of ${count(total)} units`
}

function verdicts(audit: SaleAudit): Line[] {
  const { total, sold, orders, acceptedOrders, purchaseLimit, waitingUnits } = audit
  const waiting = waitingUnits === 0 ? '' : `; ${count(waitingUnits)} units still wait in the outbox`
  const stored =
    audit.lost === 0
      ? `all ${count(acceptedOrders)} accepted orders are in Postgres`
      : `of ${count(acceptedOrders)} accepted orders, those not in Postgres${waiting}`
  return [
    {
      name: 'units sold',
      value: `${count(sold)} of ${count(total)}`,
      meaning: `in ${count(orders)} orders`,
      holds: sold === total,
    },
    ...livesOf(audit),
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

/** What became of the orders and of the money. */
function livesOf(audit: SaleAudit): Line[] {
  const { sold, paid, paying, expired, cancelled, money, boughtByLateMoney } = audit
  const begun = paying.units === 0 ? '' : `, ${count(paying.units)} being paid`
  const came = expired.units + cancelled.units
  const resold = came - audit.places.available - audit.places.returningUnits
  return [
    {
      name: 'paid',
      value: `${count(paid.units)} of ${count(sold)}`,
      meaning: `units, ${count(boughtByLateMoney)} orders by late money${begun}`,
      holds: isPaid(audit),
    },
    {
      name: 'expired',
      value: count(expired.units),
      meaning: `units of ${count(expired.orders)} orders not paid in time`,
    },
    { name: 'cancelled', value: count(cancelled.units), meaning: `units of ${count(cancelled.orders)} orders` },
    { name: 'sold again', value: `${count(resold)} of ${count(came)}`, meaning: 'units that came back' },
    zero(
      'money astray',
      money.astrayCount,
      `${count(money.paymentCount)} payments, ${count(money.refundCount)} of them refunded`,
    ),
  ]
}

function zero(name: string, value: number, meaning: string): Line {
  return { name, value: count(value), meaning, holds: value === 0 }
}

function measurements(audit: SaleAudit): Line[] {
  const { firstOrders, acceptingMs, persistingMs, drainMs, p50Ms, p99Ms } = audit
  const rate = (ms: number) => count(Math.round((firstOrders * 1_000) / Math.max(ms, 1)))
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
