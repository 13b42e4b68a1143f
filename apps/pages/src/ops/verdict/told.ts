import type { Format } from '../../language/format.ts'
import type { Cause } from './verdict.ts'

/** A cause in words: its short name, its effect, and what to do next. */
export interface Told {
  readonly title: string
  readonly effect: string
  readonly next: string
}

export interface VerdictWords {
  readonly label: string
  /** What stands between the title and the effect of a cause, and between the effect and the next step. */
  readonly glue: { readonly effect: string; readonly next: string }
  readonly unknown: string
  readonly well: string
  readonly wellAbout: (apis: number, workers: number) => string
  readonly more: (count: string) => string
  readonly causes: {
    readonly [Name in Cause['name']]: (cause: Extract<Cause, { readonly name: Name }>, format: Format) => Told
  }
}
