import { pageSizeDefault } from '@flash-sale/contract/paging'

/** The list of a cursor. A cursor of another list is refused, not misread. */
export type ListName =
  | 'orders'
  | 'audit-events'
  | 'sales'
  | 'quarantine'
  | 'dead-letters'
  | 'payments'
  | 'refunds'
  | 'unknown-money'

export interface Page {
  readonly limit: number
  /** The page starts after the row with this number; undefined: with the newest row. The list goes from new to old. */
  readonly before: bigint | undefined
}

const positionMax = 2n ** 63n - 1n

/** The page that a query asks for; undefined if this list never gave the cursor. */
export function readPage(
  list: ListName,
  query: { readonly limit?: string; readonly cursor?: string },
): Page | undefined {
  const limit = query.limit === undefined ? pageSizeDefault : Number(query.limit)
  if (query.cursor === undefined) return { limit, before: undefined }
  const before = readCursor(list, query.cursor)
  return before === undefined ? undefined : { limit, before }
}

/** Makes a page of the rows, and the cursor of the next page. One row more than fits tells that there is a next page. */
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
  // Each position has one spelling, though base64 decoding accepts others.
  return position <= positionMax && writeCursor(list, position) === cursor ? position : undefined
}
