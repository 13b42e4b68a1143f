import type { Outcome, Shop } from './strategy.ts'

/** The work that a lock must guard: read the stock, think, write the stock. */
export async function takeOne({ redis, stock, at }: Shop): Promise<Outcome> {
  const units = Number(await redis.get(stock))
  await at('after it read the stock')
  if (units < 1) return 'sold out'
  await redis.set(stock, units - 1)
  await at('after it wrote the stock')
  return 'sold'
}
