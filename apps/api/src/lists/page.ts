import { pageSizeDefault } from '@flash-sale/contract/paging'

/** Which list a cursor belongs to: one of another list is refused, not misread. */
export type ListName = 'orders' | 'audit-events' | 'sales' | 'quarantine'

export interface Page {
  readonly limit: number
  /** The rows come before this one in their list, which goes from new to old; undefined: from the newest on. */
  readonly before: bigint | undefined
}

const positionMax = 2n ** 63n - 1n

/** The page that a query asks for; undefined when its cursor is none that this list has given. */
export function readPage(
  list: ListName,
  query: { readonly limit?: string; readonly cursor?: string },
): Page | undefined {
  const limit = query.limit === undefined ? pageSizeDefault : Number(query.limit)
  if (query.cursor === undefined) return { limit, before: undefined }
  const before = readCursor(list, query.cursor)
  return before === undefined ? undefined : { limit, before }
}

/** Of the rows that were read, one more than fit when there are more: the page, and where the next one begins. */
export function cutPage<Row>(list: ListName, { limit }: Page, rows: readonly Row[], positionOf: (row: Row) => bigint) {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const isMore = rows.length > limit && last !== undefined
  return { rows: shown, ...(isMore && { nextCursor: writeCursor(list, positionOf(last)) }) }
}

function writeCursor(list: ListName, position: bigint): string {
  return Buffer.from(`${list}:${position}`).toString('base64url')
}

function readCursor(list: ListName, cursor: string): bigint | undefined {
  const [name, digits, ...rest] = Buffer.from(cursor, 'base64url').toString().split(':')
  if (name !== list || rest.length > 0 || !/^[1-9]\d{0,18}$/.test(digits ?? '')) return undefined
  const position = BigInt(digits!)
  // One position has one spelling: base64 decoding forgives what encoding never wrote.
  return position <= positionMax && writeCursor(list, position) === cursor ? position : undefined
}
