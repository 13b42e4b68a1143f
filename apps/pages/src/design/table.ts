/** The classes of a table's cells. The outer cells line up with the panel around the table. */
export const headClass =
  'px-3 py-2 text-left text-small font-medium whitespace-nowrap text-ink-soft first:pl-4 last:pr-4 sm:first:pl-5 sm:last:pr-5'
export const cellClass = 'px-3 py-2 align-baseline first:pl-4 last:pr-4 sm:first:pl-5 sm:last:pr-5'
