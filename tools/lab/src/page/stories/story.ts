import type { Text } from '@flash-sale/kit/text'

/** What the page says of a strategy to somebody who meets it for the first time. */
export interface Story {
  readonly title: Text
  /** What it does, what goes wrong or right here, and why. */
  readonly sentences: readonly [Text, Text, Text]
  readonly mend: Text
}
