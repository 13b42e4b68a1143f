/**
 * The classes of a table with texts in its cells. On a narrow screen it is wider than the screen and scrolls, since a column of a word's
 * width makes rows of many lines.
 */
export const tableClass = 'w-max min-w-full max-w-[max(100%,52rem)]'
/** The classes of a table's cells. The outer cells line up with the panel around the table. */
export const headClass =
  'px-3 py-2 text-left text-small font-medium whitespace-nowrap text-ink-soft first:pl-4 last:pr-4 sm:first:pl-5 sm:last:pr-5'
export const cellClass = 'px-3 py-2 align-baseline first:pl-4 last:pr-4 sm:first:pl-5 sm:last:pr-5'
