import type { SaleView } from './sales.ts'

/** What the shop's page holds when it is sent, so that the first view waits for no further answer. */
export interface FirstView {
  /** The sale that the address names (`?sale=7`), which is one of `sales`; null if it names none. */
  readonly wanted: string | null
  /** The sales that are on or to come, or else the last ones. */
  readonly sales: readonly SaleView[]
}

/** The id of the element that holds the view as JSON, or `null`. */
export const firstViewElementId = 'first-view'

/** The metric in the header `Server-Timing` of the page: its description is the service's time, in ms since 1970. */
export const firstViewTimeMetric = 'now'
