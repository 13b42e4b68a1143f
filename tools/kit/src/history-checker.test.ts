import { describe, expect, test } from 'vitest'
import { findViolations, type CheckOptions } from './history-checker.ts'
import type { Answer, StoredItem, StoredLedger, StoredOrder, Violation } from './history.ts'
import { lateOrderId } from './late-order-id.ts'

/** Three buyers for five units, at most two each: a and b have bought, c was refused. */
const rowOfA: StoredOrder = { orderId: 'order-a', buyer: 'a', quantity: 2, active: true }
const rowOfB: StoredOrder = { orderId: 'order-b', buyer: 'b', quantity: 2, active: true }
const ledger: StoredLedger = {
  total: 5,
  available: 1,
  waitingEntryCount: 0,
  orders: [rowOfA, rowOfB],
  buyers: [
    { buyer: 'a', units: 2 },
    { buyer: 'b', units: 2 },
  ],
}
const honestItem: StoredItem = {
  total: 5,
  purchaseLimit: 2,
  persistedUnits: 4,
  returningUnits: 0,
  quotas: ledger.buyers,
  rows: [rowOfA, rowOfB],
  ledger,
}
const acceptedA: Answer = {
  buyer: 'a',
  key: 'key-a',
  quantity: 2,
  outcome: 'ACCEPTED',
  orderId: 'order-a',
  askedAtMs: 0,
  answeredAtMs: 10,
}
const acceptedB: Answer = { ...acceptedA, buyer: 'b', key: 'key-b', orderId: 'order-b' }
const refusedC: Answer = {
  buyer: 'c',
  key: 'key-c',
  quantity: 2,
  outcome: 'SOLD_OUT',
  askedAtMs: 20,
  answeredAtMs: 30,
}
const honestHistory: readonly Answer[] = [acceptedA, acceptedB, refusedC]

/** The honest stores with the rows of these orders, in both stores and every counter. */
function itemWith(rows: readonly StoredOrder[], available: number): StoredItem {
  const active = rows.filter((row) => row.active)
  const buyers = [...new Set(active.map((row) => row.buyer))].map((buyer) => ({
    buyer,
    units: active.filter((row) => row.buyer === buyer).reduce((units, row) => units + row.quantity, 0),
  }))
  const persistedUnits = active.reduce((units, row) => units + row.quantity, 0)
  return { ...honestItem, rows, persistedUnits, quotas: buyers, ledger: { ...ledger, available, orders: rows, buyers } }
}

function faultsOf(history: readonly Answer[], item: StoredItem, options?: CheckOptions): string[] {
  return [...new Set(findViolations(history, item, options).map(nameOf))].toSorted()
}

function nameOf({ invariant, fault }: Violation): string {
  return `${invariant} ${fault}`
}

test('an honest history is not accused', () => {
  expect(findViolations(honestHistory, honestItem)).toEqual([])
})

test('honest retries and refusals that say "not now" are not accused', () => {
  const replayed: Answer = { ...acceptedA, askedAtMs: 40, answeredAtMs: 50 }
  const busy: Answer = { ...acceptedA, outcome: 'BUSY', orderId: undefined, askedAtMs: 40, answeredAtMs: 50 }
  const unheard: Answer = { ...refusedC, key: 'key-c2', outcome: 'NO_ANSWER' }
  expect(findViolations([...honestHistory, replayed, busy, unheard], honestItem)).toEqual([])
})

test('an order that ended is not lost', () => {
  const cancelled: StoredOrder = { orderId: 'order-d', buyer: 'd', quantity: 2, active: false }
  const acceptedD: Answer = { ...acceptedA, buyer: 'd', key: 'key-d', orderId: 'order-d' }
  expect(findViolations([...honestHistory, acceptedD], itemWith([rowOfA, rowOfB, cancelled], 1))).toEqual([])
})

test('an order whose answer never came may have a row', () => {
  const unheard: Answer = { ...acceptedB, outcome: 'NO_ANSWER', orderId: undefined }
  expect(findViolations([acceptedA, unheard, refusedC], honestItem)).toEqual([])
  const unknown: Answer = { ...acceptedB, outcome: 'OUTCOME_UNKNOWN' }
  expect(findViolations([acceptedA, unknown, refusedC], honestItem)).toEqual([])
})

describe('I1 no oversell', () => {
  test('more units sold than there are', () => {
    const rowOfC: StoredOrder = { orderId: 'order-c', buyer: 'c', quantity: 2, active: true }
    const acceptedC: Answer = { ...acceptedA, buyer: 'c', key: 'key-c', orderId: 'order-c' }
    const item = itemWith([rowOfA, rowOfB, rowOfC], 0)
    expect(faultsOf([acceptedA, acceptedB, acceptedC], item)).toEqual(['I1 OVERSOLD'])
  })

  test('units still offered that are sold', () => {
    expect(faultsOf(honestHistory, itemWith([rowOfA, rowOfB], 2))).toContain('I1 OVERSOLD')
  })

  test('an order accepted and then rejected, unless Redis itself forgot', () => {
    const rejected: StoredOrder = { orderId: 'order-d', buyer: 'd', quantity: 2, active: false, rejected: true }
    const acceptedD: Answer = { ...acceptedA, buyer: 'd', key: 'key-d', orderId: 'order-d' }
    const item = itemWith([rowOfA, rowOfB, rejected], 1)
    expect(faultsOf([...honestHistory, acceptedD], item)).toEqual(['I1 ACCEPTED_IN_VAIN'])
    expect(faultsOf([...honestHistory, acceptedD], item, { redisForgot: true })).toEqual([])
  })

  test('fewer than no units available', () => {
    expect(faultsOf(honestHistory, itemWith([rowOfA, rowOfB], -1))).toContain('I1 OVERSOLD')
  })
})

describe('I2 no undersell', () => {
  test('units that nobody has and nobody can buy', () => {
    expect(faultsOf(honestHistory, itemWith([rowOfA, rowOfB], 0))).toEqual(['I2 UNDERSOLD'])
  })

  test('a buyer told "sold out" while there was enough', () => {
    const refused: Answer = { ...refusedC, quantity: 1 }
    expect(faultsOf([acceptedA, acceptedB, refused], honestItem)).toEqual(['I2 FALSELY_SOLD_OUT'])
    expect(faultsOf([acceptedA, acceptedB, refused], honestItem, { unitsCameBack: true })).toEqual([])
  })
})

describe('I3 nothing lost', () => {
  test('an accepted order that is nowhere', () => {
    const item = itemWith([rowOfA], 3)
    expect(faultsOf([acceptedA, acceptedB], item)).toEqual(['I3 LOST'])
  })

  test('an accepted order that only the ledger remembers', () => {
    const item = { ...itemWith([rowOfA], 3), ledger }
    expect(faultsOf([acceptedA, acceptedB], item)).toEqual(['I2 UNDERSOLD', 'I3 LOST', 'I4 STORES_DIFFER'])
  })
})

describe('I4 exactly once', () => {
  test('two rows of one order', () => {
    expect(faultsOf(honestHistory, { ...honestItem, rows: [rowOfA, rowOfB, rowOfB] })).toContain('I4 DUPLICATE')
  })

  test('one attempt with two orders, of which the client was told one', () => {
    const again: StoredOrder = { orderId: 'order-a2', buyer: 'a', quantity: 1, active: true }
    const half: StoredOrder = { ...rowOfA, quantity: 1 }
    const history: Answer[] = [{ ...acceptedA, quantity: 1 }, acceptedB]
    expect(faultsOf(history, itemWith([half, rowOfB, again], 1))).toEqual(['I4 UNASKED'])
  })

  test('a row of a buyer who was refused for certain', () => {
    const history: Answer[] = [acceptedA, { ...acceptedB, outcome: 'BUSY', orderId: undefined }]
    expect(faultsOf(history, honestItem)).toEqual(['I4 UNASKED'])
  })

  test.each([
    ['another quantity', { quantity: 1 }],
    ["another buyer's name", { buyer: 'x' }],
  ])('a row with %s', (_, other) => {
    expect(faultsOf(honestHistory, itemWith([rowOfA, { ...rowOfB, ...other }], 1))).toContain('I4 WRONG_PAYLOAD')
  })

  test.each<[string, Partial<StoredItem>]>([
    ['counter of units', { persistedUnits: 3 }],
    ['quotas', { quotas: [{ buyer: 'a', units: 2 }] }],
    ['orders of the ledger', { ledger: { ...ledger, orders: [rowOfA] } }],
    ['buyers of the ledger', { ledger: { ...ledger, buyers: [{ buyer: 'a', units: 2 }] } }],
    ['total of the ledger', { ledger: { ...ledger, total: 6 } }],
  ])('%s differ from the rows', (_, other) => {
    expect(faultsOf(honestHistory, { ...honestItem, ...other })).toEqual(['I4 STORES_DIFFER'])
  })
})

describe('I5 the purchase limit', () => {
  test('a buyer who holds more than the limit, in two orders', () => {
    const more: StoredOrder = { orderId: 'order-a2', buyer: 'a', quantity: 1, active: true }
    const acceptedMore: Answer = { ...acceptedA, key: 'key-a2', quantity: 1, orderId: 'order-a2' }
    const item = itemWith([rowOfA, rowOfB, more], 0)
    expect(faultsOf([acceptedA, acceptedB, acceptedMore], item)).toEqual(['I5 OVER_LIMIT'])
  })
})

describe('I6 idempotency', () => {
  test('one key with two order ids', () => {
    const second: StoredOrder = { orderId: 'order-a2', buyer: 'a', quantity: 1, active: true }
    const first: StoredOrder = { ...rowOfA, quantity: 1 }
    const history: Answer[] = [
      { ...acceptedA, quantity: 1 },
      { ...acceptedA, quantity: 1, orderId: 'order-a2' },
      acceptedB,
    ]
    expect(faultsOf(history, itemWith([first, second, rowOfB], 1))).toEqual(['I6 KEY_WITH_TWO_ORDERS'])
  })

  test('two keys with one order id', () => {
    expect(faultsOf([...honestHistory, { ...acceptedA, key: 'key-a2' }], honestItem)).toEqual([
      'I6 ORDER_WITH_TWO_KEYS',
    ])
  })

  test('one key accepted for two quantities', () => {
    const history = [...honestHistory, { ...acceptedA, quantity: 1, answeredAtMs: 99 }]
    expect(faultsOf(history, honestItem)).toContain('I6 WRONG_PAYLOAD')
  })

  test('an order accepted, and refused when asked again', () => {
    const again: Answer = { ...acceptedA, outcome: 'SOLD_OUT', orderId: undefined, askedAtMs: 20, answeredAtMs: 30 }
    expect(faultsOf([...honestHistory, again], honestItem)).toEqual(['I6 ANSWER_TAKEN_BACK'])
  })
})

describe('I11 units come back', () => {
  const cancelled: StoredOrder = { orderId: 'order-d', buyer: 'd', quantity: 1, active: false, returned: true }
  const acceptedD: Answer = { ...acceptedA, buyer: 'd', key: 'key-d', quantity: 1, orderId: 'order-d' }
  const history = [...honestHistory, acceptedD]
  const ended = itemWith([rowOfA, rowOfB, cancelled], 1)

  test('an order that ended and gave its units back is not accused, nor a buyer refused before that', () => {
    const refused: Answer = { ...refusedC, quantity: 1 }
    expect(faultsOf([acceptedA, acceptedB, acceptedD, refused], ended)).toEqual([])
  })

  test('units of an ended order that the ledger still holds', () => {
    const held = { ...cancelled, active: true, returned: false }
    const buyers = [...ended.ledger!.buyers, { buyer: 'd', units: 1 }]
    const keeping = { ...ended.ledger!, available: 0, orders: [rowOfA, rowOfB, held], buyers }
    expect(faultsOf(history, { ...ended, ledger: keeping })).toContain('I11 NOT_GIVEN_BACK')
  })

  test('units that are on their way back for good', () => {
    expect(faultsOf(history, { ...ended, returningUnits: 1 })).toEqual(['I11 NOT_GIVEN_BACK'])
  })

  test('units of an active order that the ledger gave back', () => {
    const given = { ...rowOfA, active: false, returned: true }
    const ofLedger = { ...ledger, orders: [given, rowOfB] }
    expect(faultsOf(honestHistory, { ...honestItem, ledger: ofLedger })).toContain('I11 GIVEN_BACK_WRONGLY')
  })

  test('units given back twice', () => {
    expect(faultsOf(history, itemWith([rowOfA, rowOfB, cancelled], 2))).toContain('I1 OVERSOLD')
  })
})

test.each<[string, Partial<StoredItem>]>([
  ['no ledger', { ledger: undefined }],
  ['orders that wait in the outbox', { ledger: { ...ledger, waitingEntryCount: 1 } }],
])('stores with %s are not at rest', (_, other) => {
  expect(faultsOf(honestHistory, { ...honestItem, ...other })).toEqual(['I9 NOT_AT_REST'])
})

describe('I12 money', () => {
  const ended: StoredOrder = { orderId: 'order-d', buyer: 'd', quantity: 1, active: false, returned: true }
  const acceptedD: Answer = { ...acceptedA, buyer: 'd', key: 'key-d', quantity: 1, orderId: 'order-d' }
  const bought: StoredOrder = { orderId: 'order-e', buyer: 'd', quantity: 1, active: true, replaces: 'order-d' }
  const history = [...honestHistory, acceptedD]
  const faultsWith = (...more: StoredOrder[]) => faultsOf(history, itemWith([rowOfA, rowOfB, ended, ...more], 0))
  const endedToo: StoredOrder = {
    ...ended,
    orderId: lateOrderId(1, 'd', 'payment-d'),
  }
  const faultsWithPayment = (paymentId: string | undefined, ...rows: StoredOrder[]) => {
    const available = 1 - rows.filter(({ active }) => active).length
    const taken = paymentId === undefined ? undefined : { itemId: 1, paymentIds: [paymentId] }
    return faultsOf(history, itemWith([rowOfA, rowOfB, ...rows], available), taken && { taken })
  }

  test('an order that late money bought needs no client who asked for it', () => {
    expect(faultsWith(bought)).toEqual([])
    expect(faultsWith({ ...bought, replaces: undefined })).toEqual(['I4 UNASKED'])
  })

  test('an order that late money bought, and that ended before it was paid, is not accused', () => {
    const rejected = { ...endedToo, returned: false, rejected: true }
    for (const row of [endedToo, rejected]) expect(faultsWithPayment('payment-d', ended, row)).toEqual([])
  })

  test.each<[string, string | undefined, StoredOrder[]]>([
    ['no payment', undefined, [ended, endedToo]],
    ['another payment', 'payment-x', [ended, endedToo]],
    ["another buyer's payment", 'payment-d', [ended, { ...endedToo, buyer: 'x' }]],
    ['a payment, and no order that ended', 'payment-d', [endedToo]],
    ['a payment that bought another order', 'payment-d', [ended, endedToo, { ...endedToo, orderId: 'order-f' }]],
    ['a payment, though the order is active', 'payment-d', [ended, { ...endedToo, active: true, returned: false }]],
  ])('an order that nobody asked for is accused if it follows from %s', (_, paymentId, rows) => {
    expect(faultsWithPayment(paymentId, ...rows)).toContain('I4 UNASKED')
  })

  test('a double click that became two orders is accused, though both expired', () => {
    const second: StoredOrder = { ...ended, orderId: 'order-f' }
    expect(faultsWithPayment('payment-d', ended, second)).toEqual(['I4 UNASKED'])
  })

  test.each<[string, StoredOrder]>([
    ['an order that has not ended', { ...bought, replaces: 'order-a', buyer: 'a', quantity: 2 }],
    ['no order', { ...bought, replaces: 'order-x' }],
    ["another buyer's order", { ...bought, buyer: 'x' }],
    ['an order of another quantity', { ...bought, quantity: 2 }],
  ])('late money that bought in place of %s', (_, wrong) => {
    expect(faultsWith(wrong)).toContain('I12 REPLACES_WRONGLY')
  })

  test('late money that bought twice', () => {
    expect(faultsWith(bought, { ...bought, orderId: 'order-f' })).toContain('I12 REPLACES_WRONGLY')
  })
})
