import { createClient, type Client } from '@flash-sale/contract/client'
import type { ItemView } from '@flash-sale/contract/sales'
import { heardFetch } from '../../server/hearing.ts'
import { serverClock } from '../../server/use-server-clock.ts'
import { createAttemptStore } from '../purchase/attempt-store.ts'
import type { Buyer } from './buyer-token.ts'
import { keepInBrowser } from '../../browser/kept-text.ts'
import { createOrderMemory, type OrderMemory } from '../orders/order-memory.ts'
import { createPurchase, type Purchase, type RefusedPurchase } from '../purchase/purchase.ts'

/** A buyer's doings on this page while the buyer's token is valid. */
export interface ShopSession {
  readonly buyer: Buyer
  readonly client: Client
  readonly memory: OrderMemory
  /** The buyer's purchase of an item. The whole page shares it, so that a buyer who leaves a sale and comes back finds its state. */
  readonly purchaseOf: (item: ItemView) => Purchase
  /** The press that waits for the buyer to sign in, if there is one. */
  readonly pressed: () => 'NOTHING_TAKEN' | 'UNSURE' | undefined
  readonly stop: () => void
}

/** The service answers an order within its own deadline of 3 s. An answer that takes this long is lost. */
const answerWithinMs = 10_000

/** A refusal may name up to a hundred orders. The page shows the first ones at once, and the others with the list. */
const namedOrdersMax = 5

/** Reads anew what the page shows of a kind. */
export interface ReadAnew {
  readonly sale: () => Promise<unknown>
  readonly orders: (buyer: Buyer) => Promise<unknown>
}

/** A refusal waits this long for the page to read anew what it contradicts. */
const readAnewWithinMs = 1_500

export function createShopSession(buyer: Buyer, readAnew: ReadAnew): ShopSession {
  const client = createClient({ baseUrl: '', token: buyer.token, timeoutMs: answerWithinMs, fetch: heardFetch })
  const kept = keepInBrowser(() => localStorage)
  const memory = createOrderMemory(kept, buyer.name)
  const attempts = createAttemptStore({ kept, buyer: buyer.name })
  const purchases = new Map<number, Purchase>()
  const stopWatching = watchOtherTabs(memory)

  /**
   * Reads what the page must know to tell a refusal, and nothing else: in a storm most presses are refused. That nothing is left needs no
   * reading. How many are left is one answer for all buyers. The buyer's own orders are read only if they are the reason.
   */
  async function readAfterRefusal({ refusal, quantity, orderIds = [] }: RefusedPurchase): Promise<void> {
    const reads: Promise<unknown>[] = []
    if (refusal === 'SOLD_OUT' && quantity > 1) reads.push(readAnew.sale())
    if (refusal === 'LIMIT_REACHED') {
      reads.push(...orderIds.slice(0, namedOrdersMax).map(readNamed))
      if (orderIds.length === 0 || orderIds.length > namedOrdersMax) reads.push(readAnew.orders(buyer))
    }
    if (reads.length === 0) return
    const late = new Promise((resolve) => setTimeout(resolve, readAnewWithinMs))
    await Promise.race([Promise.all(reads), late])
  }

  /** The service lists an order only once Postgres has it, so the orders that a refusal names are read one by one. */
  async function readNamed(orderId: string): Promise<void> {
    const read = await client.readOrder(orderId)
    if (read.ok) memory.remember(read.value)
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
    pressed() {
      const waiting = [...purchases.keys()].map(attempts.find).find((attempt) => attempt?.isResting === false)
      return waiting && (waiting.isUnsure ? 'UNSURE' : 'NOTHING_TAKEN')
    },
    stop() {
      stopWatching()
      for (const purchase of purchases.values()) purchase.stop()
    },
  }
}

/** Shows the orders of this buyer's other tabs at once. The browser tells of a change by another tab. */
function watchOtherTabs({ name, readAgain }: OrderMemory): () => void {
  const onChange = ({ key }: StorageEvent) => {
    if (key === name) readAgain()
  }
  addEventListener('storage', onChange)
  return () => removeEventListener('storage', onChange)
}
