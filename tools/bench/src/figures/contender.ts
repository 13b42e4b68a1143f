import type { Ground } from '../ground.ts'
import type { Slice } from '../measure/slice.ts'

/** A server that answers orders, measured in turns with others. */
export interface Contender {
  /** Starts the server. Resolves to a function that sends orders for one slice and checks every answer. */
  readonly open: (ground: Ground) => Promise<() => Promise<Slice>>
}
