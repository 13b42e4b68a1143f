import { answerWithin } from '@flash-sale/runtime/answer-within'

export interface Answers<A> {
  readonly yesCount: number
  /** What those answered that did not say yes. Masters that failed or kept silent are in neither. */
  readonly noes: readonly A[]
}

export interface AskOptions<A> {
  /** How long a master may take; then it counts as silent. */
  readonly answerMs: number
  readonly isYes: (answer: A) => boolean
  /** How many have to say yes. */
  readonly quorum: number
}

/**
 * The answers of all masters to a question that was sent to each at once. Resolves as soon as they decide: enough said yes, or too few
 * are left to. So one silent master delays nobody.
 */
export function askMasters<A>(
  asked: readonly Promise<A>[],
  { answerMs, isYes, quorum }: AskOptions<A>,
): Promise<Answers<A>> {
  return new Promise((resolve) => {
    let yesCount = 0
    let leftCount = asked.length
    const noes: A[] = []
    const decide = (): void => {
      leftCount -= 1
      if (yesCount >= quorum || yesCount + leftCount < quorum) resolve({ yesCount, noes })
    }
    const hear = (answer: A): void => {
      if (isYes(answer)) yesCount += 1
      else noes.push(answer)
      decide()
    }
    for (const answer of asked) answerWithin(answer, answerMs, 'a master').then(hear, decide)
  })
}

/** More than half, so that two of them always share a master. */
export function majorityOf(count: number): number {
  return Math.floor(count / 2) + 1
}
