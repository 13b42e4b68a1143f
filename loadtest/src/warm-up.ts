import { createClient } from '@flash-sale/contract/client'
import { StartupError } from '@flash-sale/runtime/startup-error'
import { makeTokens } from './make-tokens.ts'
import type { Target } from './target.ts'

const orderCount = 500
const atOnce = 25
const opensAgoMs = 60_000
const closesInMs = 600_000

/** Orders on a sale of its own, until a service that was just started has compiled its code and opened its connections. */
export async function warmUp(target: Pick<Target, 'baseUrl' | 'jwtSecret' | 'client'>): Promise<void> {
  const now = Date.now()
  const created = await target.client.createSale({
    name: 'Warm-up',
    opensAt: new Date(now - opensAgoMs).toISOString(),
    closesAt: new Date(now + closesInMs).toISOString(),
    items: [{ sku: 'warm', name: 'warm', priceCents: 1, total: orderCount, purchaseLimit: orderCount }],
  })
  if (!created.ok) throw new StartupError(`${target.baseUrl} did not create a sale: ${created.problem.detail}`)
  const itemId = created.value.items[0]!.itemId
  const [token] = await makeTokens(target, ['warm-up'], closesInMs)
  const buyer = createClient({ baseUrl: target.baseUrl, token: token! })
  const buy = async () => {
    for (let i = 0; i < orderCount / atOnce; i += 1) await buyer.placeOrder({ itemId, quantity: 1 })
  }
  await Promise.all(Array.from({ length: atOnce }, buy))
}
