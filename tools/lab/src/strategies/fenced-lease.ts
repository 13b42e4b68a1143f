import { LockError } from '@flash-sale/lock/lock-errors'
import { createLocks } from '@flash-sale/lock/locks'
import type { Sell, Shop } from './strategy.ts'

const takeFence = 'UPDATE lab_stock SET fence = fence + 1 WHERE id = $1 RETURNING fence, units'
const takeOneFenced = `
  WITH taken AS (
    UPDATE lab_stock SET units = $3 WHERE id = $1 AND fence = $2 RETURNING id
  )
  INSERT INTO lab_orders (stock_id, buyer) SELECT id, $4 FROM taken`

export function open({ lockRedis, postgres, row, lock: name, leaseMs, waitMs, at, onClose }: Shop): Sell {
  const locks = createLocks(lockRedis)
  onClose(() => locks.close())

  async function sellOnce(buyer: string): Promise<'sold' | 'sold out' | 'refused'> {
    await using _lock = await locks.acquire(name, { leaseMs, waitMs, fair: true })
    await at('after it got the lock')
    try {
      // The fence comes from the store with the stock, so it survives even if the lock's Redis loses its data.
      const { rows } = await postgres.query(takeFence, [row])
      const { fence, units } = rows[0]
      await at('after it read the stock')
      if (units < 1) return 'sold out'
      const { rowCount } = await postgres.query(takeOneFenced, [row, fence, units - 1, buyer])
      await at('after it wrote the stock')
      return rowCount === 1 ? 'sold' : 'refused'
    } finally {
      await at('before it releases the lock')
    }
  }

  return async (buyer) => {
    const until = performance.now() + waitMs
    for (;;) {
      const outcome = await sellOnce(buyer).catch((error: unknown) => {
        if (error instanceof LockError) return 'refused' as const
        throw error
      })
      // Another holder came in between, so nothing was written. Start again.
      if (outcome !== 'refused') return outcome
      if (performance.now() > until) return 'gave up'
    }
  }
}
