import { orderStatuses, orderStatusFacts, takesUnits, type OrderStatus } from '@flash-sale/contract/order-statuses'
import { expect, test } from 'vitest'
import { withTestDatabase } from './with-test-database.fixture.ts'

const own = withTestDatabase({ poolSizeMax: 1 })

test('Postgres has exactly the statuses that the contract calls stored, and says the same of which take units', async () => {
  const rows = await own.database.$queryRaw<{ status: OrderStatus; takes: boolean }[]>`
    SELECT status::text AS status, takes_units(status) AS takes
    FROM unnest(enum_range(NULL::order_status)) AS s(status)`
  const told = Object.fromEntries(rows.map(({ status, takes }) => [status, takes]))
  const stored = orderStatuses.filter((status) => orderStatusFacts[status].isStored)
  expect(told).toEqual(Object.fromEntries(stored.map((status) => [status, takesUnits(status)])))
})

test('a statement that asks which orders take units calls no function for it', async () => {
  const plan = await own.database.$queryRaw<{ 'QUERY PLAN': string }[]>`
    EXPLAIN SELECT sum(quantity) FROM orders WHERE takes_units(status)`
  const text = plan.map((line) => line['QUERY PLAN']).join('\n')
  expect(text).toContain('confirmed')
  expect(text).not.toContain('takes_units')
})
