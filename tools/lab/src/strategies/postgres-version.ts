import type { Sell, Shop } from './strategy.ts'

const takeOne = `
  WITH taken AS (
    UPDATE lab_stock SET units = units - 1, version = version + 1
    WHERE id = $1 AND version = $2 RETURNING id
  )
  INSERT INTO lab_orders (stock_id, buyer) SELECT id, $3 FROM taken`

export function open({ postgres, row, waitMs, at }: Shop): Sell {
  return async (buyer) => {
    const until = performance.now() + waitMs
    while (performance.now() < until) {
      const { rows } = await postgres.query('SELECT units, version FROM lab_stock WHERE id = $1', [row])
      await at('after it read the stock')
      if (rows[0].units < 1) return 'sold out'
      // If another process was faster, no row has that version any more. Start again.
      const { rowCount } = await postgres.query(takeOne, [row, rows[0].version, buyer])
      await at('after it wrote the stock')
      if (rowCount === 1) return 'sold'
    }
    return 'gave up'
  }
}
