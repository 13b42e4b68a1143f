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
  /** The last reading of the sales failed. */
  readonly isUnread: boolean
  /** Nothing that the page asks is answered. */
  readonly isSilent: boolean
}

/** A failed reading says little: its store may be frozen while the stream tells of the sale, and while orders are taken. */
export function judgeNews({ streamed, saleId, isOver, isUnread, isSilent }: Heard): News {
  if (streamed?.isOpen !== true) return isSilent ? 'NO_ANSWER' : isUnread ? 'OLD' : 'CURRENT'
  if (streamed.isAway) return 'OLD'
  const isTold = saleId === undefined ? !streamed.hasMore : isStreamed(streamed, saleId, isOver)
  return isUnread && (isSilent || !isTold) ? 'OLD' : 'CURRENT'
}
