import type { LiveItem, LiveProcess, LiveStore, LiveTroubles, RateSample } from '@flash-sale/contract/live'
import type { Freshness } from '../live/model/freshness.ts'

/** Everything that the page knows and that the verdict is judged by. */
export interface KnownState {
  readonly freshness: Freshness
  /** The time of the newest frame, by the service's clock, in ms. Undefined before the first frame. */
  readonly frameAtMs: number | undefined
  readonly items: readonly LiveItem[]
  readonly processes: readonly LiveProcess[]
  readonly stores: readonly LiveStore[]
  readonly degraded: readonly string[]
  /** Null: not known. */
  readonly failedJobs: number | null
  /** Payments and webhooks that wait for an operator. Null: not known. */
  readonly troubles: LiveTroubles | null
  /** One sample a second, the newest last. */
  readonly rates: readonly RateSample[]
}
