import { createClient, type Client } from '@flash-sale/contract/client'
import type { ItemView } from '@flash-sale/contract/sales'
import { serverClock } from '../../server/use-server-clock.ts'
import { createAttemptStore } from '../purchase/attempt-store.ts'
import type { Buyer } from './buyer-token.ts'
import { keepInBrowser } from '../../browser/kept-text.ts'
import { createOrderMemory, type OrderMemory } from '../orders/order-memory.ts'
import { createPurchase, type Purchase } from '../purchase/purchase.ts'

/** A buyer's doings on this page while the buyer's token is valid. */
export interface ShopSession {
  readonly buyer: Buyer
  readonly client: Client
  readonly memory: OrderMemory
  /** The buyer's purchase of an item. The whole page shares it, so that a buyer who leaves a sale and comes back finds its state. */
  readonly purchaseOf: (item: ItemView) => Purchase
  readonly stop: () => void
}

/** The service answers an order within its own deadline of 3 s. An answer that takes this long is lost. */
const answerWithinMs = 10_000

/** A refusal may name up to a hundred orders. The page shows the first ones at once, and the others with the list. */
const namedOrdersMax = 5

/** Reads the shown sale and the buyer's orders anew. */
type ReadAnew = (buyer: Buyer) => Promise<unknown>

/** A refusal waits this long for the page to read the sale and the orders anew. */
const readAnewWithinMs = 1_500

export function createShopSession(buyer: Buyer, readAnew: ReadAnew): ShopSession {
  const client = createClient({ baseUrl: '', token: buyer.token, timeoutMs: answerWithinMs })
  const kept = keepInBrowser(() => localStorage)
  const memory = createOrderMemory(kept, buyer.name)
  const attempts = createAttemptStore({ kept, buyer: buyer.name })
  const purchases = new Map<number, Purchase>()

  /** The service lists an order only once Postgres has it, so the orders that a refusal names are read one by one. */
  async function readAfterRefusal(orderIds: readonly string[]): Promise<void> {
    const named = orderIds.slice(0, namedOrdersMax).map(async (orderId) => {
      const read = await client.readOrder(orderId)
      if (read.ok) memory.remember(read.value)
    })
    const late = new Promise((resolve) => setTimeout(resolve, readAnewWithinMs))
    await Promise.race([Promise.all([readAnew(buyer), ...named]), late])
  }

  function begin({ itemId, opensAt }: ItemView): Purchase {
    const purchase = createPurchase({
      itemId,
      attempts,
      placeOrder: ({ key, quantity }) => client.placeOrder({ itemId, quantity }, { idempotencyKey: key }),
      readOrder: client.readOrder,
      opensInMs: () => Date.parse(opensAt) - serverClock.now(),
      onAccepted: (orderId, { quantity }) =>
        memory.remember({
          orderId,
          itemId,
          quantity,
          status: 'accepted',
          acceptedAt: new Date(serverClock.now()).toISOString(),
        }),
      onRefused: readAfterRefusal,
    })
    purchases.set(itemId, purchase)
    return purchase
  }

  return {
    buyer,
    client,
    memory,
    purchaseOf: (item) => purchases.get(item.itemId) ?? begin(item),
    stop() {
      for (const purchase of purchases.values()) purchase.stop()
    },
  }
}
