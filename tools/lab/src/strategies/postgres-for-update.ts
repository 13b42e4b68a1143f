import { isLockTimeout } from './lock-timeout.ts'
import type { Sell, Shop } from './strategy.ts'

export function open({ postgres, row, at }: Shop): Sell {
  return async (buyer) => {
    const connection = await postgres.connect()
    try {
      await connection.query('BEGIN')
      const { rows } = await connection.query('SELECT units FROM lab_stock WHERE id = $1 FOR UPDATE', [row])
      await at('after it got the lock')
      await at('after it read the stock')
      if (rows[0].units > 0) {
        await connection.query('UPDATE lab_stock SET units = units - 1 WHERE id = $1', [row])
        await connection.query('INSERT INTO lab_orders (stock_id, buyer) VALUES ($1, $2)', [row, buyer])
        await at('after it wrote the stock')
      }
      await at('before it releases the lock')
      await connection.query('COMMIT')
      await at('after it released the lock')
      return rows[0].units > 0 ? 'sold' : 'sold out'
    } catch (error) {
      await connection.query('ROLLBACK')
      if (isLockTimeout(error)) return 'gave up'
      throw error
    } finally {
      connection.release()
    }
  }
}
