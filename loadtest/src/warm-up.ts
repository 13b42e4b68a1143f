import { createClient } from '@flash-sale/contract/client'
import { openSale } from '@flash-sale/kit/open-sale'
import { makeTokens } from './make-tokens.ts'
import type { Target } from './target.ts'

const orderCount = 500
const atOnce = 25
const closesInMs = 600_000

/** Orders from another sale until a new service has compiled its code and opened its connections. */
export async function warmUp(target: Pick<Target, 'baseUrl' | 'jwtSecret' | 'client'>): Promise<void> {
  const items = [{ total: orderCount, purchaseLimit: orderCount }]
  const { item } = await openSale(target.client, { name: 'Warm-up', items, closesInMs })
  const { itemId } = item
  const [token] = await makeTokens(target, ['warm-up'], closesInMs)
  const buyer = createClient({ baseUrl: target.baseUrl, token: token! })
  const buy = async () => {
    for (let i = 0; i < orderCount / atOnce; i += 1) await buyer.placeOrder({ itemId, quantity: 1 })
  }
  await Promise.all(Array.from({ length: atOnce }, buy))
}
