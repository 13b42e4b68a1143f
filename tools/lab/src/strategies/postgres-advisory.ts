import { isLockTimeout } from './lock-timeout.ts'
import type { Sell, Shop } from './strategy.ts'

const takeOne = `
  WITH taken AS (UPDATE lab_stock SET units = $2 WHERE id = $1 RETURNING id)
  INSERT INTO lab_orders (stock_id, buyer) SELECT id, $3 FROM taken`

export function open({ postgres, row, at }: Shop): Sell {
  return async (buyer) => {
    const connection = await postgres.connect()
    try {
      // The lock belongs to this connection. If the process dies, the lock ends with it.
      await connection.query('SELECT pg_advisory_lock($1)', [row])
      await at('after it got the lock')
      try {
        const { rows } = await connection.query('SELECT units FROM lab_stock WHERE id = $1', [row])
        await at('after it read the stock')
        if (rows[0].units < 1) return 'sold out'
        await connection.query(takeOne, [row, rows[0].units - 1, buyer])
        await at('after it wrote the stock')
        return 'sold'
      } finally {
        await at('before it releases the lock')
        await connection.query('SELECT pg_advisory_unlock($1)', [row])
      }
    } catch (error) {
      if (isLockTimeout(error)) return 'gave up'
      throw error
    } finally {
      connection.release()
    }
  }
}
