import { createClient, type Client } from '@flash-sale/contract/client'
import type { ItemView, SaleView } from '@flash-sale/contract/sales'
import { openSale } from '@flash-sale/kit/open-sale'
import { buyerToken, testOpsKey } from '@flash-sale/testing/test-tokens'

/** Acts on a service without its pages. */
export interface PagesClient {
  readonly url: string
  readonly opsKey: string
  readonly ops: Client
  readonly buyer: (name: string) => Client
  /** A sale of one item that is open. */
  readonly openSale: (item: NewItem) => Promise<{ sale: SaleView; item: ItemView }>
}

interface NewItem {
  readonly name: string
  readonly total: number
  readonly purchaseLimit?: number
}

const hourMs = 3_600_000

/** A client of a service that runs with the secrets of tests. */
export function pagesClient(url: string): PagesClient {
  const ops = createClient({ baseUrl: url, opsKey: testOpsKey })
  return {
    url,
    opsKey: testOpsKey,
    ops,
    buyer: (name) => createClient({ baseUrl: url, token: buyerToken(name) }),
    async openSale({ name, total, purchaseLimit = 2 }) {
      const sale = await openSale(ops, { name, items: [{ total, purchaseLimit }], closesInMs: hourMs })
      return { sale, item: sale.item }
    },
  }
}
