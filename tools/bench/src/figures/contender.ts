import type { Ground } from '../ground.ts'
import type { Slice } from '../measure/slice.ts'

/** Something that answers orders and is pressed in turns with others. */
export interface Contender {
  /** Starts what it needs; resolves to what presses it for one slice and checks every answer. */
  readonly open: (ground: Ground) => Promise<() => Promise<Slice>>
}
