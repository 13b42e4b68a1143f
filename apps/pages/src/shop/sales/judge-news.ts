import type { Heard } from '../../server/hearing.ts'
import { isStreamed, type StreamedSales } from './streamed-sales.ts'

/**
 * What the page may say of its own numbers. `OLD`: they may be out of date, though the service is there and may be selling. `NO_ANSWER`: the
 * service itself is not heard.
 */
export type News = 'CURRENT' | 'OLD' | 'NO_ANSWER'

interface Known {
  /** What the page says until now. */
  readonly before: News
  readonly streamed: StreamedSales | undefined
  /** The sale on the page. */
  readonly saleId: number | undefined
  readonly isOver: boolean
  /** The last reading of the sales failed. */
  readonly isUnread: boolean
  readonly heard: Heard
}

/**
 * A failed reading says little: its store may be frozen while the stream tells of the sale, and while orders are taken. While the page makes
 * sure that the service is there, it says nothing new. A network that is cut may leave the stream open for a while, with nothing on it.
 */
export function judgeNews({ before, streamed, saleId, isOver, isUnread, heard }: Known): News {
  const isOpen = streamed?.isOpen === true
  if (isOpen && streamed.isAway) return 'OLD'
  if (heard === 'UNSURE') return before
  if (heard === 'SILENT') return isOpen ? 'OLD' : 'NO_ANSWER'
  const isTold = isOpen && (saleId === undefined ? !streamed.hasMore : isStreamed(streamed, saleId, isOver))
  return isUnread && !isTold ? 'OLD' : 'CURRENT'
}
