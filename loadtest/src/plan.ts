/** The load of a scenario. A rate counts visits of buyers; a visit may be several requests. */
export interface Load {
  readonly ratePerS: number
  readonly durationS: number
  /** Units of the item that everybody wants. */
  readonly unitCount: number
  /** The run fails if the 99th percentile is slower than this. In ms. */
  readonly p99Ms: number
}

export interface PlannedItem {
  readonly itemId: number
  readonly sku: string
  readonly total: number
  /** The total once the operators of the scenario have restocked. */
  readonly totalAtEnd: number
  readonly purchaseLimit: number
}

/** The plan of a run, which a scenario reads from a file: the address, the items, the buyers and the load. */
export interface Plan {
  readonly scenario: string
  readonly baseUrl: string
  readonly saleId: number
  readonly opensAtMs: number
  readonly items: readonly PlannedItem[]
  readonly load: Load
  /** A JSON array with a token for each buyer. */
  readonly tokensFile: string
}
