import { problemOfError } from '../../server/problem.ts'
import { isStreamed, type StreamedSales } from './streamed-sales.ts'

/**
 * What the page may say of its own numbers. `OLD`: they may be out of date, though the service is there and may be selling. `NO_ANSWER`: the
 * service itself is not heard.
 */
export type News = 'CURRENT' | 'OLD' | 'NO_ANSWER'

interface Heard {
  readonly streamed: StreamedSales | undefined
  /** The sale on the page. */
  readonly saleId: number | undefined
  readonly isOver: boolean
  /** Why the readings of the sales failed the last time, if they did. */
  readonly failures: readonly (Error | null)[]
}

/** A failed reading says little: its store may be frozen while the stream tells of the sale, and while orders are taken. */
export function judgeNews({ streamed, saleId, isOver, failures }: Heard): News {
  const failed = failures.filter((failure) => failure !== null)
  const isAnswered = failed.some((failure) => problemOfError(failure).code !== 'NO_ANSWER')
  if (streamed?.isOpen !== true) return failed.length === 0 ? 'CURRENT' : isAnswered ? 'OLD' : 'NO_ANSWER'
  if (streamed.isAway) return 'OLD'
  const isTold = saleId === undefined ? !streamed.hasMore : isStreamed(streamed, saleId, isOver)
  return failed.length === 0 || (isTold && isAnswered) ? 'CURRENT' : 'OLD'
}
