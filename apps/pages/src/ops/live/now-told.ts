import type { LiveItem, RateSample } from '@flash-sale/contract/live'
import { refusalCodes, type RefusalCode } from '@flash-sale/contract/order-outcomes'
import { isSoldOut } from './model/is-sold-out.ts'
import { refusedPerSecond } from './model/peaks.ts'

/** What happens in this second, for a reader who sees the page for the first time. */
export type NowTold =
  | {
      readonly kind: 'busy'
      readonly arriving: number
      readonly accepted: number
      readonly refused: number
      /** The commonest reason, if orders are refused. */
      readonly reason?: RefusalCode
      readonly p99Ms?: number
    }
  | { readonly kind: 'quiet'; readonly openCount: number; readonly soldOutCount: number }
  | { readonly kind: 'nothingOpen' }

/** `sample` is that of the last second; undefined if it is not fresh. Then nothing is said of orders. */
export function tellNow(items: readonly LiveItem[], sample: RateSample | undefined): NowTold | undefined {
  if (!sample) return undefined
  const refused = refusedPerSecond(sample)
  const arriving = sample.accepted + refused
  if (arriving > 0) {
    const [reason] = refusalCodes
      .filter((code) => sample.refused[code] !== undefined)
      .toSorted((one, other) => sample.refused[other]! - sample.refused[one]!)
    return {
      kind: 'busy',
      arriving,
      accepted: sample.accepted,
      refused,
      ...(reason && { reason }),
      ...(sample.p99Ms !== null && { p99Ms: sample.p99Ms }),
    }
  }
  const open = items.filter(({ state }) => state === 'open')
  if (open.length === 0) return { kind: 'nothingOpen' }
  return { kind: 'quiet', openCount: open.length, soldOutCount: open.filter(isSoldOut).length }
}
