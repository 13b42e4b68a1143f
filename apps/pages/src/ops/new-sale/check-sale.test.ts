import { CreateSaleBody } from '@flash-sale/contract/ops'
import { expect, test } from 'vitest'
import { amountIn, checkSale, wholeNumberIn, type DraftError, type ItemDraft, type SaleDraft } from './check-sale.ts'

const now = Date.parse('2026-11-22T10:00:00Z')
const item: ItemDraft = { key: 'a', name: 'Shoes', sku: 'S-42', price: '89', total: '1,000', purchaseLimit: '2' }
const draft: SaleDraft = {
  name: ' Morning sale ',
  opensAt: '2026-12-01T10:00:00',
  closesAt: '2026-12-01T11:00:00',
  currency: '',
  payWithinMinutes: '',
  items: [item],
}

function bodyOf(changed: Partial<SaleDraft>): CreateSaleBody | undefined {
  const checked = checkSale({ ...draft, ...changed }, now)
  return 'body' in checked ? checked.body : undefined
}

function errorsOf(changed: Partial<SaleDraft>): Record<string, DraftError> {
  const checked = checkSale({ ...draft, ...changed }, now)
  return 'errors' in checked ? Object.fromEntries(checked.errors) : {}
}

test('a form that is filled in becomes a sale that the service takes', () => {
  expect(bodyOf({})).toEqual({
    name: 'Morning sale',
    opensAt: new Date(draft.opensAt).toISOString(),
    closesAt: new Date(draft.closesAt).toISOString(),
    items: [{ name: 'Shoes', sku: 'S-42', priceCents: 8_900, total: 1_000, purchaseLimit: 2 }],
  } satisfies CreateSaleBody)
})

test('a sale that asks for payment has its currency, its time to pay, and prices in the smallest unit of the currency', () => {
  const asked = { currency: 'JPY', payWithinMinutes: '1,440', items: [{ ...item, price: '1,290' }] }
  expect(bodyOf(asked)).toMatchObject({ currency: 'JPY', payWithinSeconds: 86_400, items: [{ priceCents: 1_290 }] })
  const free = bodyOf({ currency: 'KWD', items: [{ ...item, price: '1.5' }] })
  expect(free).toMatchObject({ currency: 'KWD', items: [{ priceCents: 1_500 }] })
  expect(free).not.toHaveProperty('payWithinSeconds')
})

test('a time to pay needs a currency and prices to pay, and a currency needs nothing', () => {
  expect(errorsOf({ payWithinMinutes: '15' })).toEqual({ currency: 'currency' })
  expect(errorsOf({ payWithinMinutes: '0', currency: 'EUR' })).toEqual({ payWithinMinutes: 'payWithin' })
  expect(errorsOf({ payWithinMinutes: '43,201', currency: 'EUR' })).toEqual({ payWithinMinutes: 'payWithin' })
  const free = [{ ...item, price: '0' }]
  expect(errorsOf({ payWithinMinutes: '15', currency: 'EUR', items: free })).toEqual({ 'item-a-price': 'priceToPay' })
  expect(errorsOf({ currency: 'EUR', items: free })).toEqual({})
  expect(errorsOf({ currency: 'JPY', items: [{ ...item, price: '1.50' }] })).toEqual({ 'item-a-price': 'price' })
})

test('every field that is missing is named', () => {
  const empty = { key: 'a', name: '', sku: ' ', price: '', total: '', purchaseLimit: '' }
  expect(errorsOf({ name: '', opensAt: '', closesAt: '', items: [empty] })).toEqual({
    name: 'required',
    opensAt: 'moment',
    closesAt: 'moment',
    'item-a-name': 'required',
    'item-a-sku': 'required',
    'item-a-price': 'price',
    'item-a-total': 'total',
    'item-a-purchaseLimit': 'limit',
  })
})

test('a sale closes after it opens, and not in the past', () => {
  expect(errorsOf({ closesAt: draft.opensAt })).toEqual({ closesAt: 'order' })
  expect(errorsOf({ opensAt: '2026-11-01T10:00:00', closesAt: '2026-11-01T11:00:00' })).toEqual({ closesAt: 'past' })
})

test('two items cannot have one SKU', () => {
  expect(errorsOf({ items: [item, { ...item, key: 'b', sku: ' S-42 ' }] })).toEqual({ 'item-b-sku': 'sku' })
  expect(errorsOf({ items: [item, { ...item, key: 'b', sku: 'Ｓ- 42' }] })).toEqual({ 'item-b-sku': 'sku' })
})

test('a name that nothing can print, or too long a one, is refused here as it would be by the service', () => {
  expect(errorsOf({ name: 'a\u0007b' })).toEqual({ name: 'text' })
  expect(errorsOf({ name: 'a\u200bb' })).toEqual({ name: 'text' })
  expect(errorsOf({ name: '👟'.repeat(201) })).toEqual({ name: 'text' })
  expect(errorsOf({ name: '👟'.repeat(200) })).toEqual({})
})

test.each([
  ['0', 0],
  ['19.9', 1_990],
  ['19.99', 1_999],
  ['1,299.00', 129_900],
  ['10000000', 1_000_000_000],
  ['10000000.01', undefined],
  ['1.999', undefined],
  ['-1', undefined],
  ['1e3', undefined],
  ['', undefined],
])('a price of "%s" is %s cents', (text, cents) => expect(amountIn(text, '')).toBe(cents))

test.each([
  ['1', 1],
  [' 10 000 ', 10_000],
  ['10,000,000', 10_000_000],
  ['10000001', undefined],
  ['0', undefined],
  ['1.5', undefined],
  ['12,34', undefined],
  ['ten', undefined],
])('"%s" units are %s', (text, units) => expect(wholeNumberIn(text, 1, 10_000_000)).toBe(units))
