import { randomKey } from '../../server/random-key.ts'
import { localMoment } from './local-moment.ts'
import type { ItemDraft, SaleDraft } from './check-sale.ts'

const minuteMs = 60_000
const opensInMs = 10 * minuteMs
const lastsMs = 60 * minuteMs

/** A form with what is most likely right. */
export function newDraft(now: number): SaleDraft {
  const nextMinute = Math.ceil(now / minuteMs) * minuteMs
  return { name: '', ...windowFrom(nextMinute + opensInMs), items: [newItem()] }
}

/** An hour of sale from this moment, in ms since 1970. */
export function windowFrom(opens: number): Pick<SaleDraft, 'opensAt' | 'closesAt'> {
  return { opensAt: localMoment(opens), closesAt: localMoment(opens + lastsMs) }
}

export function newItem(): ItemDraft {
  return { key: randomKey(), name: '', sku: '', price: '', total: '1000', purchaseLimit: '1' }
}
