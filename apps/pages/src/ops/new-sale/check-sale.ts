import { minorDigits } from '@flash-sale/contract/minor-digits'
import type { CreateSaleBody } from '@flash-sale/contract/ops'
import { isPrinted, skuIdentity } from '@flash-sale/contract/printed-text'

/** The texts in the form, as the reader wrote them. */
export interface ItemDraft {
  /** Tells the rows of the form apart. */
  readonly key: string
  readonly name: string
  readonly sku: string
  readonly price: string
  readonly total: string
  readonly purchaseLimit: string
}

export interface SaleDraft {
  readonly name: string
  /** In the form of a datetime-local input, in the reader's zone. */
  readonly opensAt: string
  readonly closesAt: string
  /** Of ISO 4217, or '' for none. */
  readonly currency: string
  /** '': the sale asks for no payment. */
  readonly payWithinMinutes: string
  readonly items: readonly ItemDraft[]
}

export type DraftError =
  | 'required'
  | 'text'
  | 'moment'
  | 'past'
  | 'order'
  | 'currency'
  | 'payWithin'
  | 'price'
  | 'priceToPay'
  | 'total'
  | 'limit'
  | 'sku'
export type DraftErrors = ReadonlyMap<string, DraftError>

export const textMax = { name: 200, sku: 64 }
const totalMax = 10_000_000
const limitMax = 1_000
export const priceCentsMax = 1_000_000_000
const payWithinMinutesMax = 30 * 24 * 60

/** The sale as the service takes it, or the errors by field: `name`, `opensAt`, `item-KEY-sku` ... */
export function checkSale(draft: SaleDraft, now: number): { body: CreateSaleBody } | { errors: DraftErrors } {
  const errors = new Map<string, DraftError>()
  const note = (field: string, error: DraftError | undefined) => error && errors.set(field, error)
  note('name', textError(draft.name, textMax.name))
  const [opens, closes] = [Date.parse(draft.opensAt), Date.parse(draft.closesAt)]
  note('opensAt', Number.isNaN(opens) ? 'moment' : undefined)
  note('closesAt', closingError(opens, closes, now))
  const asksForPayment = draft.payWithinMinutes.trim() !== ''
  if (asksForPayment) {
    const minutes = wholeNumberIn(draft.payWithinMinutes, 1, payWithinMinutesMax)
    note('payWithinMinutes', minutes === undefined ? 'payWithin' : undefined)
    note('currency', draft.currency === '' ? 'currency' : undefined)
  }
  const skus = draft.items.map(({ sku }) => skuIdentity(sku))
  draft.items.forEach((item, i) => {
    const at = (field: string) => `item-${item.key}-${field}`
    note(at('name'), textError(item.name, textMax.name))
    note(at('sku'), textError(item.sku, textMax.sku) ?? (skus.indexOf(skus[i]!) < i ? 'sku' : undefined))
    note(at('price'), priceError(amountIn(item.price, draft.currency), asksForPayment))
    note(at('total'), wholeNumberIn(item.total, 1, totalMax) === undefined ? 'total' : undefined)
    note(at('purchaseLimit'), wholeNumberIn(item.purchaseLimit, 1, limitMax) === undefined ? 'limit' : undefined)
  })
  return errors.size > 0 ? { errors } : { body: bodyOf(draft) }
}

function priceError(amount: number | undefined, asksForPayment: boolean): DraftError | undefined {
  if (amount === undefined) return 'price'
  return asksForPayment && amount === 0 ? 'priceToPay' : undefined
}

function bodyOf(draft: SaleDraft): CreateSaleBody {
  const { currency, payWithinMinutes } = draft
  return {
    name: draft.name.trim(),
    opensAt: new Date(draft.opensAt).toISOString(),
    closesAt: new Date(draft.closesAt).toISOString(),
    ...(currency !== '' && { currency }),
    ...(payWithinMinutes.trim() !== '' && { payWithinSeconds: Number(plain(payWithinMinutes)) * 60 }),
    items: draft.items.map((item) => ({
      name: item.name.trim(),
      sku: item.sku.trim(),
      priceCents: amountIn(item.price, currency) ?? 0,
      total: Number(plain(item.total)),
      purchaseLimit: Number(plain(item.purchaseLimit)),
    })),
  }
}

function textError(text: string, lengthMax: number): DraftError | undefined {
  const trimmed = text.trim()
  if (trimmed === '') return 'required'
  return Array.from(trimmed).length > lengthMax || !isPrinted(trimmed) ? 'text' : undefined
}

function closingError(opens: number, closes: number, now: number): DraftError | undefined {
  if (Number.isNaN(closes)) return 'moment'
  if (closes <= now) return 'past'
  return closes <= opens ? 'order' : undefined
}

/** A whole number in these bounds; undefined for any other text. Spaces and commas between digits are allowed. */
export function wholeNumberIn(text: string, least: number, most: number): number | undefined {
  const digits = plain(text)
  if (!/^\d{1,12}$/.test(digits)) return undefined
  const number = Number(digits)
  return number >= least && number <= most ? number : undefined
}

/**
 * An amount in the smallest unit of its currency, with no more decimals than the currency has; without a currency, with two. No step computes
 * with fractions, so nothing is rounded.
 */
export function amountIn(text: string, currency: string): number | undefined {
  const [, whole, decimals = ''] = /^(\d{1,10})(?:\.(\d{1,3}))?$/.exec(plain(text)) ?? []
  const digits = minorDigits(currency)
  if (whole === undefined || decimals.length > digits) return undefined
  const amount = Number(whole + decimals.padEnd(digits, '0'))
  return amount <= priceCentsMax ? amount : undefined
}

function plain(text: string): string {
  return text.trim().replace(/(?<=\d)[\s,_](?=\d{3}\b)/g, '')
}
