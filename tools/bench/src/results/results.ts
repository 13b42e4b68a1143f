import type { Measured } from '../figures.ts'
import type { Settings } from '../ground.ts'
import type { Judged } from '../judge.ts'
import type { Machine } from '../measure/machine.ts'

/** The results of a run, as they are stored. */
export interface Results {
  /** When it began. */
  readonly at: string
  readonly machine: Machine
  readonly settings: Settings
  readonly judged: readonly Judged[]
  readonly measured: Measured
}
