import { randomKey } from '../../server/random-key.ts'
import type { ItemDraft, SaleDraft } from './check-sale.ts'

const minuteMs = 60_000
const opensInMs = 10 * minuteMs
const lastsMs = 60 * minuteMs

/** A form with likely values. */
export function newDraft(now: number): SaleDraft {
  const nextMinute = Math.ceil(now / minuteMs) * minuteMs
  return { name: '', ...windowFrom(nextMinute + opensInMs), currency: '', payWithinMinutes: '', items: [newItem()] }
}

/** Opening and end of a sale that lasts an hour from `opens` (ms since 1970). */
export function windowFrom(opens: number): Pick<SaleDraft, 'opensAt' | 'closesAt'> {
  return { opensAt: localMoment(opens), closesAt: localMoment(opens + lastsMs) }
}

export function newItem(): ItemDraft {
  return { key: randomKey(), name: '', sku: '', price: '', total: '1000', purchaseLimit: '1' }
}

/** A moment in the form of a datetime-local input, in the reader's zone, to the second. */
function localMoment(at: number): string {
  const date = new Date(at)
  const zoned = new Date(at - date.getTimezoneOffset() * 60_000)
  return zoned.toISOString().slice(0, 19)
}
