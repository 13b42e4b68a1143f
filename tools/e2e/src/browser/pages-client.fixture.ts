import { createClient, type Client } from '@flash-sale/contract/client'
import type { ItemView, SaleView } from '@flash-sale/contract/sales'
import { buyerToken, testOpsKey } from '@flash-sale/kit/test-tokens'

/** What can be done with a service past its pages. */
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
  /** When it opens, from now. In ms. */
  readonly opensInMs?: number
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
    async openSale({ name, total, purchaseLimit = 2, opensInMs = -hourMs }) {
      const created = await ops.createSale({
        name,
        opensAt: new Date(Date.now() + opensInMs).toISOString(),
        closesAt: new Date(Date.now() + hourMs).toISOString(),
        items: [{ sku: 'SKU-1', name, priceCents: 4_900, total, purchaseLimit }],
      })
      if (!created.ok) throw new Error(`no sale: ${created.problem.code} ${created.problem.detail}`)
      const [item] = created.value.items
      if (!item) throw new Error('a sale without an item')
      return { sale: created.value, item }
    },
  }
}
