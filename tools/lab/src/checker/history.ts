/** The events of one trial, seen from outside: the buyers' answers, the lock's holders, and the remaining stock. Times in ms. */
export interface History {
  /** Units at the start of the trial. */
  readonly stock: number
  readonly calls: readonly Call[]
  readonly holds: readonly Hold[]
  /** Units in the store at the end of the trial. Undefined: the store does not say. */
  readonly unitsLeft: number | undefined
  /** Buyers whose orders are on record at the end, one entry for each order. Undefined: the strategy keeps no orders. */
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

/** A process considered itself the holder of the lock. */
export interface Hold {
  readonly process: string
  readonly fromMs: number
  /** When the process began to release the lock, or ended. Infinity: never. */
  readonly untilMs: number
  /** When its release was complete. */
  readonly releasedMs: number | undefined
}
