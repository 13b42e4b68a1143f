import { expect, test } from 'vitest'
import { sqlLabel } from './sql-label.ts'

const stock = 'UPDATE lab_stock SET'
const insert = ') INSERT INTO lab_orders (stock_id, buyer) SELECT id, $4 FROM taken'

test.each([
  [
    `WITH taken AS ( ${stock} units = $3 WHERE id = $1 AND fence = $2 RETURNING id ${insert}`,
    [7, 2, 9, 'buyer-1'],
    'UPDATE units=9 WHERE fence=2 + INSERT order',
  ],
  [
    `WITH taken AS (\n ${stock} units = units - 1, version = version + 1\n WHERE id = $1 AND version = $2 RETURNING id\n ${insert}`,
    [7, 3],
    'UPDATE units=units-1, version=version+1 WHERE version=3 + INSERT order',
  ],
  [`${stock} fence = fence + 1 WHERE id = $1 RETURNING fence, units`, [7], 'UPDATE fence=fence+1'],
  [
    `WITH taken AS ( ${stock} units = units - 1 WHERE id = $1 AND units > 0 RETURNING id ${insert}`,
    [7],
    'UPDATE units=units-1 WHERE units>0 + INSERT order',
  ],
  ['SELECT units FROM lab_stock WHERE id = $1 FOR UPDATE', [7], 'SELECT units FOR UPDATE'],
  [
    `WITH taken AS (UPDATE lab_stock SET units = $2 WHERE id = $1 RETURNING id)
     INSERT INTO lab_orders (stock_id, buyer) SELECT id, $3 FROM taken`,
    [7, 9, 'buyer-1'],
    'UPDATE units=9 + INSERT order',
  ],
  ['SELECT "public"."sales"."id" FROM "public"."sales" WHERE 1=1 OFFSET $1', [0], 'SELECT … FROM sales'],
  ['INSERT INTO lab_orders (stock_id, buyer) VALUES ($1, $2)', [7, 'buyer-1'], 'INSERT order'],
  ['COMMIT', undefined, 'COMMIT'],
])('a timeline shows the condition that decides whether a statement writes: %s', (text, values, label) => {
  expect(sqlLabel(text, values)).toBe(label)
})
