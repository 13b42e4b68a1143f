import { Type } from 'typebox'

/** Rows in one page of a list. */
export const pageSizeMax = 100
export const pageSizeDefault = 20

/** The page of a list. A query string is text and is not coerced; `Number(limit)` is always safe. */
export const pageFields = {
  limit: Type.Optional(
    Type.String({
      pattern: '^(?:[1-9][0-9]?|100)$',
      description: `Rows in this page, 1 to ${pageSizeMax}; ${pageSizeDefault} when not given.`,
    }),
  ),
  cursor: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9_-]{1,64}$',
      description: 'The nextCursor of the page before, as it was given.',
    }),
  ),
}

/** Absent on the last page. */
export const nextCursorField = {
  nextCursor: Type.Optional(
    Type.String({ description: 'Send it as cursor to get the next page; absent on the last.' }),
  ),
}
