/** What happened in one trial, seen from outside: what buyers were told, who held the lock, and what is left. Times in ms. */
export interface History {
  /** Units when it began. */
  readonly stock: number
  readonly calls: readonly Call[]
  readonly holds: readonly Hold[]
  /** Units in the store when all was over. Undefined: the store does not say. */
  readonly unitsLeft: number | undefined
  /** Buyers whose orders are on record when all was over, one for each order. Undefined: the strategy keeps no orders. */
  readonly kept: readonly string[] | undefined
}

/** A buyer asked a process for one unit. */
export interface Call {
  readonly buyer: string
  readonly process: string
  readonly askedAtMs: number
  /** Undefined: no answer came, since the process died or hangs. */
  readonly answer: { readonly outcome: 'sold' | 'sold out' | 'gave up'; readonly atMs: number } | undefined
  readonly died: boolean
}

/** A process took itself for the holder of the lock. */
export interface Hold {
  readonly process: string
  readonly fromMs: number
  /** When it began to release the lock, or ended otherwise. Infinity: never. */
  readonly untilMs: number
  /** When its release had come through. */
  readonly releasedMs: number | undefined
}
