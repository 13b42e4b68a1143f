import type { SaleView } from './sales.ts'

/** What the shop's page holds when it is sent, so that the first view waits for no further answer. */
export interface FirstView {
  /** The sale that the address names (`?sale=7`); null if it names none. */
  readonly wanted: string | null
  /** The sales that are on or to come, or else the last ones, and the wanted sale. */
  readonly sales: readonly SaleView[]
  readonly isWantedMissing: boolean
}

/** The id of the element that holds the view as JSON, or `null`. */
export const firstViewElementId = 'first-view'

/** The metric in the header `Server-Timing` of the page: its description is the service's time, in ms since 1970. */
export const firstViewTimeMetric = 'now'
