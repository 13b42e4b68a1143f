import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutPage, readPage } from './page.ts'

const positions = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n })

function cursorAfter(position: bigint): string {
  const { nextCursor } = cutPage('orders', { limit: 1, before: undefined }, [position, 1n], (row) => row)
  return nextCursor!
}

test('a cursor leads back to the row after which the page ended', () => {
  fc.assert(
    fc.property(positions, (position) => {
      expect(readPage('orders', { cursor: cursorAfter(position), limit: '7' })).toEqual({ limit: 7, before: position })
    }),
  )
})

test("another list's cursor, a changed one and one that nobody gave are refused", () => {
  const cursor = cursorAfter(4_711n)
  expect(readPage('audit-events', { cursor })).toBeUndefined()
  const made = ['orders:0', 'orders:-1', 'orders:01', 'orders:9223372036854775808', 'orders:1:2', 'orders:', '4711', '']
  for (const text of made)
    expect(readPage('orders', { cursor: Buffer.from(text).toString('base64url') })).toBeUndefined()
  for (const text of [`${cursor}A`, `${cursor}==`, cursor.slice(1), cursor.toLowerCase(), '____']) {
    expect(readPage('orders', { cursor: text }), text).toBeUndefined()
  }
})

test('whatever is sent as a cursor, reading it never throws', () => {
  fc.assert(
    fc.property(fc.string(), (cursor) => {
      const page = readPage('orders', { cursor })
      if (page) expect(cursorAfter(page.before!)).toBe(cursor)
    }),
  )
})

test('there is a next page only when there are more rows than fit', () => {
  const page = { limit: 2, before: undefined }
  expect(cutPage('orders', page, [9n, 8n], (row) => row)).toEqual({ rows: [9n, 8n] })
  expect(cutPage('orders', page, [9n, 8n, 7n], (row) => row)).toEqual({ rows: [9n, 8n], nextCursor: cursorAfter(8n) })
  expect(cutPage('orders', page, [], (row: bigint) => row)).toEqual({ rows: [] })
})
