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
  readonly items: readonly ItemDraft[]
}

export type DraftError = 'required' | 'text' | 'moment' | 'past' | 'order' | 'price' | 'total' | 'limit' | 'sku'
export type DraftErrors = ReadonlyMap<string, DraftError>

export const textMax = { name: 200, sku: 64 }
const totalMax = 10_000_000
const limitMax = 1_000
const priceCentsMax = 1_000_000_000

/** The sale as the service takes it, or the errors by field: `name`, `opensAt`, `item-KEY-sku` ... */
export function checkSale(draft: SaleDraft, now: number): { body: CreateSaleBody } | { errors: DraftErrors } {
  const errors = new Map<string, DraftError>()
  const note = (field: string, error: DraftError | undefined) => error && errors.set(field, error)
  note('name', textError(draft.name, textMax.name))
  const [opens, closes] = [Date.parse(draft.opensAt), Date.parse(draft.closesAt)]
  note('opensAt', Number.isNaN(opens) ? 'moment' : undefined)
  note('closesAt', closingError(opens, closes, now))
  const skus = draft.items.map(({ sku }) => skuIdentity(sku))
  draft.items.forEach((item, i) => {
    const at = (field: string) => `item-${item.key}-${field}`
    note(at('name'), textError(item.name, textMax.name))
    note(at('sku'), textError(item.sku, textMax.sku) ?? (skus.indexOf(skus[i]!) < i ? 'sku' : undefined))
    note(at('price'), centsIn(item.price) === undefined ? 'price' : undefined)
    note(at('total'), wholeNumberIn(item.total, 1, totalMax) === undefined ? 'total' : undefined)
    note(at('purchaseLimit'), wholeNumberIn(item.purchaseLimit, 1, limitMax) === undefined ? 'limit' : undefined)
  })
  return errors.size > 0 ? { errors } : { body: bodyOf(draft) }
}

function bodyOf(draft: SaleDraft): CreateSaleBody {
  return {
    name: draft.name.trim(),
    opensAt: new Date(draft.opensAt).toISOString(),
    closesAt: new Date(draft.closesAt).toISOString(),
    items: draft.items.map((item) => ({
      name: item.name.trim(),
      sku: item.sku.trim(),
      priceCents: centsIn(item.price) ?? 0,
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

/** An amount with at most two decimals, in cents. No step computes with fractions, so nothing is rounded. */
export function centsIn(text: string): number | undefined {
  const match = /^(\d{1,8})(?:\.(\d{1,2}))?$/.exec(plain(text))
  if (!match) return undefined
  const cents = Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'))
  return cents <= priceCentsMax ? cents : undefined
}

function plain(text: string): string {
  return text.trim().replace(/(?<=\d)[\s,_](?=\d{3}\b)/g, '')
}
