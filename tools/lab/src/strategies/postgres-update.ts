import { isLockTimeout } from './lock-timeout.ts'
import type { Sell, Shop } from './strategy.ts'

/** Postgres reads, checks and writes the row in one statement, and records the order in the same one. */
const takeOne = `
  WITH taken AS (
    UPDATE lab_stock SET units = units - 1 WHERE id = $1 AND units > 0 RETURNING id
  )
  INSERT INTO lab_orders (stock_id, buyer) SELECT id, $2 FROM taken`

export function open({ postgres, row, at }: Shop): Sell {
  return async (buyer) => {
    try {
      await at('before it takes a unit')
      const { rowCount } = await postgres.query(takeOne, [row, buyer])
      await at('after it wrote the stock')
      return rowCount === 1 ? 'sold' : 'sold out'
    } catch (error) {
      if (isLockTimeout(error)) return 'gave up'
      throw error
    }
  }
}
