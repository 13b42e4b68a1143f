import type { KeptText } from '../../browser/kept-text.ts'
import type { ItemDraft, SaleDraft } from './check-sale.ts'

/** Keeps the form of a new sale, so that a reader who leaves the page finds the texts again. */
export interface KeptDraft {
  /** Undefined if nothing is kept, or if the kept text is no form of this version. */
  readonly find: () => SaleDraft | undefined
  readonly keep: (draft: SaleDraft) => void
  readonly forget: () => void
}

const draftName = 'flashSale.newSale'

export function keepDraft(kept: KeptText): KeptDraft {
  return {
    find: () => draftIn(kept.get(draftName)),
    keep: (draft) => kept.set(draftName, JSON.stringify(draft)),
    forget: () => kept.remove(draftName),
  }
}

function draftIn(text: string | undefined): SaleDraft | undefined {
  try {
    const draft: unknown = JSON.parse(text ?? '')
    return isDraft(draft) ? draft : undefined
  } catch {
    return undefined
  }
}

function isDraft(draft: unknown): draft is SaleDraft {
  if (!hasTexts(draft, ['name', 'opensAt', 'closesAt', 'currency', 'payWithinMinutes']) || !('items' in draft))
    return false
  return Array.isArray(draft.items) && draft.items.length > 0 && draft.items.every(isItem)
}

function isItem(item: unknown): item is ItemDraft {
  return hasTexts(item, ['key', 'name', 'sku', 'price', 'total', 'purchaseLimit'])
}

function hasTexts(value: unknown, fields: readonly string[]): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const texts = new Map(Object.entries(value))
  return fields.every((field) => typeof texts.get(field) === 'string')
}
