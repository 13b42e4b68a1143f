import type { Text } from '@flash-sale/kit/text'
import type { Store } from '../seller/watch-commands.ts'
import type { Point } from '../strategies/points.ts'
import type { Outcome } from '../strategies/strategy.ts'
import type { Name } from './stage.ts'

/** One event of a trial, for the timeline. Times are in ms since the trial began. */
export type Happening = { readonly atMs: number } & (
  | { readonly kind: 'asked'; readonly process: Name; readonly buyer: string }
  | { readonly kind: 'point'; readonly process: Name; readonly point: Point; readonly waits: boolean }
  | {
      readonly kind: 'command'
      readonly process: Name
      readonly store: Store
      readonly text: string
      readonly tookMs: number
      /** How often the line, or the few lines that belong to it, came in a row. */
      readonly times: number
    }
  | { readonly kind: 'answer'; readonly process: Name; readonly buyer: string; readonly outcome: Outcome }
  | { readonly kind: 'mark'; readonly process: Name; readonly mark: Mark }
  | { readonly kind: 'note'; readonly text: Text }
)

/** `goes on`: a process that was not stopped leaves the point at which it was held. */
export type Mark = 'paused' | 'resumed' | 'killed' | 'goes on'
