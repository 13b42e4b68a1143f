import { expect, test } from 'vitest'
import { findLongWaits, type MoneyWait } from './judge-waits.ts'

const waits = (kind: MoneyWait['kind'], waitSeconds: number, more: Partial<MoneyWait> = {}) =>
  findLongWaits([{ id: 'a', kind, waitSeconds, ageSeconds: 10, attempts: 0, ...more }]).map(({ fault }) => fault)

const yearSeconds = 365 * 86_400

test('money that waits as long as the service has it wait is not accused', () => {
  expect(waits('open', 60)).toEqual([])
  expect(waits('open', 3_600, { ageSeconds: 90_000 })).toEqual([])
  expect(waits('late', 24)).toEqual([])
  expect(waits('refund', -5)).toEqual([])
  expect(waits('refund', 25, { attempts: 1 })).toEqual([])
  expect(waits('refund', 3_624, { attempts: 20 })).toEqual([])
})

test.each<[string, MoneyWait['kind'], number, Partial<MoneyWait>]>([
  ['an open payment, by a year', 'open', yearSeconds, { ageSeconds: yearSeconds }],
  ['an open payment, by more than its age', 'open', 900, { ageSeconds: 600 }],
  ['late money, by a minute', 'late', 60, {}],
  ['a refund that nobody tried, by a minute', 'refund', 60, {}],
  ['a refund after one try, by a minute', 'refund', 60, { attempts: 1 }],
  ['a refund after many tries, by a year', 'refund', yearSeconds, { attempts: 50 }],
])('%s, is put off too long', (_, kind, waitSeconds, more) => {
  expect(waits(kind, waitSeconds, more)).toEqual(['PUT_OFF_TOO_LONG'])
})
