import { refusalCodes, refusals } from '@flash-sale/contract/order-outcomes'
import type { Answer, StoredItem, StoredOrder, Violation } from './history.ts'
import { lateOrderId } from './late-order-id.ts'

export interface CheckOptions {
  /** Units came back during the history, for example by a restock. An earlier "sold out" is no proof then. */
  readonly unitsCameBack?: boolean
  /** Redis itself lost accepted orders. Some may be rejected, visibly, and their units come back. */
  readonly redisForgot?: boolean
  /** The payments of this item whose money the provider took. Late money places orders that no client asked for. Default: none. */
  readonly taken?: { readonly itemId: number; readonly paymentIds: readonly string[] }
}

/** Answers after which the order may have been accepted. All other refusals promise that it was not. */
const ambiguous = new Set<Answer['outcome']>([
  ...refusalCodes.filter((code) => !refusals.get(code)!.isDefinite),
  'NO_ANSWER',
  // A proxy may give these answers in place of the API.
  'UNAVAILABLE',
  'INTERNAL',
])

/** The breaches of I1 to I6, I11 and, as far as rows show it, I12. The proof is in the answers that clients got and in the stores at rest. */
export function findViolations(history: readonly Answer[], item: StoredItem, options: CheckOptions = {}): Violation[] {
  return [
    ...checkStock(history, item, options),
    ...checkReturned(item),
    ...checkAnswers(history, item, options),
    ...checkRows(history, item, options),
    ...checkReplacements(item),
    ...checkStoresAgree(item),
    ...checkLimit(item),
    ...checkKeys(history),
  ]
}

function checkStock(history: readonly Answer[], item: StoredItem, options: CheckOptions) {
  const { total, rows, ledger } = item
  const found: Violation[] = []
  const activeUnits = unitsOf(rows.filter((row) => row.active))
  if (activeUnits > total) found.push(violation('I1', 'OVERSOLD', `${activeUnits} units sold of ${total}`))
  if (!ledger) return [...found, violation('I9', 'NOT_AT_REST', 'there is no ledger to sell from')]
  if (ledger.waitingEntryCount > 0) {
    return [...found, violation('I9', 'NOT_AT_REST', `${ledger.waitingEntryCount} outbox entries wait`)]
  }
  const { available } = ledger
  const spareUnits = total - activeUnits - available - unitsOf(notGivenBack(item))
  if (available < 0) found.push(violation('I1', 'OVERSOLD', `${available} units available`))
  else if (spareUnits < 0) found.push(violation('I1', 'OVERSOLD', `${-spareUnits} units offered that are sold`))
  if (spareUnits > 0) found.push(violation('I2', 'UNDERSOLD', `${spareUnits} units that nobody has or can buy`))
  if (options.unitsCameBack || options.redisForgot || rows.some((row) => row.returned)) return found
  const refused = history.find((answer) => answer.outcome === 'SOLD_OUT' && answer.quantity <= available)
  if (refused) {
    const detail = `${refused.buyer} was refused ${refused.quantity}, and ${available} are available`
    found.push(violation('I2', 'FALSELY_SOLD_OUT', detail))
  }
  return found
}

/** Checks that every ended order gave its units back, and no other order did. Units given back twice are oversold ones. */
function checkReturned(item: StoredItem): Violation[] {
  const { rows, ledger, returningUnits } = item
  const found: Violation[] = []
  const kept = (detail: string) => found.push(violation('I11', 'NOT_GIVEN_BACK', detail))
  if (returningUnits !== 0) kept(`${returningUnits} units of ended orders are on their way back`)
  for (const row of notGivenBack(item)) kept(`the ledger holds units of an order that ended: ${textOf(row)}`)
  const givenBack = new Set(ledger?.orders.filter((order) => order.returned).map(({ orderId }) => orderId))
  for (const row of rows.filter(({ active, orderId }) => active && givenBack.has(orderId))) {
    found.push(violation('I11', 'GIVEN_BACK_WRONGLY', `the ledger gave back units of an active order: ${textOf(row)}`))
  }
  return found
}

/** Orders that ended, and whose units the ledger still holds. */
function notGivenBack({ rows, ledger }: StoredItem): StoredOrder[] {
  const held = new Set(ledger?.orders.filter((order) => order.active).map(({ orderId }) => orderId))
  return rows.filter(({ returned, orderId }) => returned && held.has(orderId))
}

function checkAnswers(history: readonly Answer[], { rows }: StoredItem, options: CheckOptions): Violation[] {
  const rowOf = new Map(rows.map((row) => [row.orderId, row]))
  const found: Violation[] = []
  for (const answer of history.filter(isAccepted)) {
    const row = rowOf.get(answer.orderId ?? '')
    const name = `order ${answer.orderId} of ${answer.buyer}`
    if (!row) found.push(violation('I3', 'LOST', `${name} was accepted and has no row`))
    else if (row.buyer !== answer.buyer || row.quantity !== answer.quantity) {
      found.push(violation('I4', 'WRONG_PAYLOAD', `${name}, ${answer.quantity} units, has the row ${textOf(row)}`))
    } else if (row.rejected && !options.redisForgot) {
      found.push(violation('I1', 'ACCEPTED_IN_VAIN', `${name} was accepted and then rejected`))
    }
  }
  return found
}

/** Checks that every row belongs to one attempt, accepted or of unknown outcome, and that each attempt has one row. */
function checkRows(history: readonly Answer[], { rows }: StoredItem, { taken }: CheckOptions): Violation[] {
  const found: Violation[] = []
  const acceptedIds = new Set(history.filter(isAccepted).map((answer) => answer.orderId))
  const acceptedKeys = new Set(history.filter(isAccepted).map(attemptOf))
  const openAttempts = new Map<string, Answer>()
  for (const answer of history) {
    if (ambiguous.has(answer.outcome) && !acceptedKeys.has(attemptOf(answer)))
      openAttempts.set(attemptOf(answer), answer)
  }
  const seen = new Set<string>()
  // Late money buys in place of an order that ended. Its order says so once it is paid, and may end or be rejected before that.
  const isOfLateMoney = (row: StoredOrder) =>
    !row.active &&
    taken?.paymentIds.some((paymentId) => lateOrderId(taken.itemId, row.buyer, paymentId) === row.orderId) &&
    rows.some((old) => old !== row && old.returned && isSame(old, row) && acceptedIds.has(old.orderId))
  for (const row of rows) {
    if (seen.has(row.orderId)) found.push(violation('I4', 'DUPLICATE', `two rows: ${textOf(row)}`))
    else if (row.replaces === undefined && !acceptedIds.has(row.orderId) && !isOfLateMoney(row)) {
      const open = [...openAttempts].find(([, answer]) => isOf(row, answer))
      if (open) openAttempts.delete(open[0])
      else found.push(violation('I4', 'UNASKED', `a row that no client has an answer for: ${textOf(row)}`))
    }
    seen.add(row.orderId)
  }
  return found
}

/** Checks that late money bought in place of an order that ended, the same for the same buyer, and once. No client asks for such an order. */
function checkReplacements({ rows }: StoredItem): Violation[] {
  const rowOf = new Map(rows.map((row) => [row.orderId, row]))
  const replaced = new Set<string>()
  return rows.flatMap((row) => {
    if (row.replaces === undefined) return []
    const old = rowOf.get(row.replaces)
    const fits = old?.returned && isSame(old, row)
    const isFirst = !replaced.has(row.replaces)
    replaced.add(row.replaces)
    if (fits && isFirst) return []
    const what = old ? `the ${isFirst ? '' : 'already replaced '}order ${textOf(old)}` : `no order ${row.replaces}`
    return [violation('I12', 'REPLACES_WRONGLY', `${textOf(row)} replaces ${what}`)]
  })
}

function checkStoresAgree(item: StoredItem): Violation[] {
  const { rows, ledger, persistedUnits, quotas, total } = item
  const active = rows.filter((row) => row.active)
  const found: Violation[] = []
  const differ = (what: string, expected: readonly string[], actual: readonly string[]) => {
    const detail = differenceOf(expected, actual)
    if (detail) found.push(violation('I4', 'STORES_DIFFER', `${what}: ${detail}`))
  }
  differ('the counter of units', [`${unitsOf(active)}`], [`${persistedUnits}`])
  differ('quotas', holdingsOf(active), quotas.filter((quota) => quota.units > 0).map(holdingText))
  if (!ledger || ledger.waitingEntryCount > 0) return found
  differ('the total of the ledger', [`${total}`], [`${ledger.total}`])
  // Units that were not given back are told of for themselves.
  const held = [...active, ...notGivenBack(item)]
  differ('orders of the ledger', held.map(textOf), ledger.orders.filter((order) => order.active).map(textOf))
  differ('buyers of the ledger', holdingsOf(held), ledger.buyers.map(holdingText))
  return found
}

function checkLimit({ rows, purchaseLimit }: StoredItem): Violation[] {
  return [...unitsByBuyer(rows.filter((row) => row.active))]
    .filter(([, units]) => units > purchaseLimit)
    .map(([buyer, units]) => violation('I5', 'OVER_LIMIT', `${buyer} holds ${units} of ${purchaseLimit}`))
}

function checkKeys(history: readonly Answer[]): Violation[] {
  const found: Violation[] = []
  const attemptOfId = new Map<string, string>()
  const first = new Map<string, Answer>()
  for (const answer of history.filter(isAccepted).toSorted((a, b) => a.answeredAtMs - b.answeredAtMs)) {
    const attempt = attemptOf(answer)
    const before = first.get(attempt)
    if (!before) first.set(attempt, answer)
    else if (before.orderId !== answer.orderId) {
      found.push(violation('I6', 'KEY_WITH_TWO_ORDERS', `${attempt}: ${before.orderId} and ${answer.orderId}`))
    } else if (before.quantity !== answer.quantity) {
      found.push(violation('I6', 'WRONG_PAYLOAD', `${attempt}: accepted for ${before.quantity} and ${answer.quantity}`))
    }
    const other = attemptOfId.get(answer.orderId ?? '')
    if (other !== undefined && other !== attempt) {
      found.push(violation('I6', 'ORDER_WITH_TWO_KEYS', `${answer.orderId}: ${other} and ${attempt}`))
    }
    attemptOfId.set(answer.orderId ?? '', attempt)
  }
  for (const answer of history) {
    const accepted = first.get(attemptOf(answer))
    const isLater = accepted && answer.askedAtMs > accepted.answeredAtMs && answer.quantity === accepted.quantity
    if (isLater && takesBack.has(answer.outcome)) {
      found.push(violation('I6', 'ANSWER_TAKEN_BACK', `${attemptOf(answer)}: accepted, then ${answer.outcome}`))
    }
  }
  return found
}

/** Refusals that contradict an earlier acceptance, since the ledger gives them for this very order. Other refusals only mean "not now". */
const takesBack = new Set<Answer['outcome']>([
  ...refusalCodes.filter((code) => 'letter' in refusals.get(code)!),
  'ITEM_NOT_FOUND',
])

function violation(invariant: Violation['invariant'], fault: Violation['fault'], detail: string): Violation {
  return { invariant, fault, detail }
}

function isAccepted(answer: Answer): boolean {
  return answer.outcome === 'ACCEPTED'
}

function attemptOf({ buyer, key }: Answer): string {
  return `${buyer}/${key}`
}

function isOf(row: StoredOrder, answer: Answer): boolean {
  if (answer.orderId !== undefined && answer.orderId !== row.orderId) return false
  return answer.buyer === row.buyer && answer.quantity === row.quantity
}

function isSame(one: StoredOrder, other: StoredOrder): boolean {
  return one.buyer === other.buyer && one.quantity === other.quantity
}

function textOf(order: StoredOrder): string {
  return `${order.orderId} ${order.buyer} ${order.quantity}`
}

function holdingsOf(orders: readonly StoredOrder[]): string[] {
  return [...unitsByBuyer(orders)].map(([buyer, units]) => holdingText({ buyer, units }))
}

function holdingText({ buyer, units }: { buyer: string; units: number }): string {
  return `${buyer}: ${units}`
}

function unitsOf(orders: readonly StoredOrder[]): number {
  return orders.reduce((units, order) => units + order.quantity, 0)
}

function unitsByBuyer(orders: readonly StoredOrder[]): Map<string, number> {
  const units = new Map<string, number>()
  for (const { buyer, quantity } of orders) units.set(buyer, (units.get(buyer) ?? 0) + quantity)
  return units
}

function differenceOf(expected: readonly string[], actual: readonly string[]): string | undefined {
  const [expectedOnes, actualOnes] = [new Set(expected), new Set(actual)]
  const missing = expected.filter((text) => !actualOnes.has(text))
  const extra = actual.filter((text) => !expectedOnes.has(text))
  if (missing.length + extra.length === 0) return undefined
  return `${missing.length} missing (${some(missing)}), ${extra.length} too many (${some(extra)})`
}

function some(texts: readonly string[]): string {
  return texts.slice(0, 3).join(', ')
}
