import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@flash-sale/contract/client'

export interface ComingBack {
  /** Remembers a buyer who was told that everything is sold out. */
  readonly add: (buyer: string) => void
  /** Resolves when `isOver` holds. */
  readonly run: (isOver: () => Promise<boolean>) => Promise<void>
}

export interface ComeBackOptions {
  readonly client: Client
  readonly saleId: number
  readonly itemId: number
  /** Buyers beyond this number do not come back. */
  readonly buyerCountMax: number
  /** Orders one unit. Resolves with whether the buyer got it. */
  readonly order: (buyer: string) => Promise<boolean>
  readonly signal: AbortSignal
}

const lookEveryMs = 200
const atOnce = 32

/** Buyers who went without look at the sale, and order again when it shows that units have come back. */
export function comeBack({ client, saleId, itemId, buyerCountMax, order, signal }: ComeBackOptions): ComingBack {
  const buyers: string[] = []

  async function look(): Promise<void> {
    const sale = await client.readSale(saleId)
    const item = sale.ok ? sale.value.items.find((one) => one.itemId === itemId) : undefined
    const coming = buyers.splice(0, Math.min(atOnce, item?.available ?? 0))
    await Promise.all(
      coming.map(async (buyer) => {
        if (!(await order(buyer))) buyers.push(buyer)
      }),
    )
  }

  return {
    add: (buyer) => void (buyers.length < buyerCountMax && buyers.push(buyer)),
    async run(isOver) {
      while (!signal.aborted && !(await isOver())) {
        await look()
        await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined)
      }
    },
  }
}
