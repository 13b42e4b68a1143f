/** How hard a scenario presses. What a rate counts is one buyer's visit, which may be several requests. */
export interface Load {
  readonly ratePerS: number
  readonly durationS: number
  /** Units of the item that everybody wants. */
  readonly unitCount: number
  /** Slower than this and the run fails. In ms. */
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

/** What the runner tells a scenario, through a file: where to send, what is on sale, who buys, and how hard to press. */
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
