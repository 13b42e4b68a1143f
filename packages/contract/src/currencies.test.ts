import { expect, test } from 'vitest'
import { currencies, isCurrency } from './currencies.ts'
import { minorDigits } from './minor-digits.ts'

test('a currency is one that ISO 4217 knows and people pay with', () => {
  for (const code of ['EUR', 'USD', 'CNY', 'JPY', 'KWD', 'TND']) expect(isCurrency(code), code).toBe(true)
  // Nobody's, withdrawn, gold, and another spelling.
  for (const code of ['ZZZ', 'DEM', 'XAU', 'XXX', 'eur', 'EU', '']) expect(isCurrency(code), code).toBe(false)
  expect(new Set(currencies).size).toBe(currencies.length)
  for (const code of currencies) expect(code).toMatch(/^[A-Z]{3}$/)
})

test('every currency can be shown by Intl', () => {
  for (const currency of currencies) {
    expect(() => new Intl.NumberFormat('en', { style: 'currency', currency }), currency).not.toThrow()
  }
})

test.each([
  ['', 2],
  ['EUR', 2],
  ['JPY', 0],
  ['KRW', 0],
  ['KWD', 3],
  ['TND', 3],
  // Browsers show these without decimals, although their smallest unit is a hundredth.
  ['RSD', 2],
  ['MMK', 2],
])('an amount in %s has %i decimals', (currency, digits) => expect(minorDigits(currency)).toBe(digits))
