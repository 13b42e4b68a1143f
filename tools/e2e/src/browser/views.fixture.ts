import type { BrowserContextOptions, Page } from 'playwright-core'
import { blowStorm } from './blow-storm.fixture.ts'
import { furnishMoney } from './furnish-money.fixture.ts'
import type { OpenPages } from './open-pages.fixture.ts'
import type { PagesClient } from './pages-client.fixture.ts'

export interface View {
  readonly name: string
  /** A CSS selector of an element that appears with the view's content, in any language. */
  readonly shows: string
  readonly open: (pages: OpenPages, options?: BrowserContextOptions) => Promise<Page>
}

const anybody =
  (path: string): View['open'] =>
  (pages, options) =>
    pages.open(path, options)
const ops =
  (path: string): View['open'] =>
  (pages, options) =>
    pages.openOps(path, options)

/** Every page, as a visitor first sees it. */
export const views: readonly View[] = [
  { name: 'shop', shows: 'main li', open: anybody('/?buyer=viewer') },
  { name: 'sign-in', shows: 'form', open: anybody('/ops') },
  { name: 'live', shows: 'article', open: ops('/ops') },
  { name: 'new-sale', shows: 'form', open: ops('/ops/new-sale') },
  { name: 'orders', shows: 'table', open: ops('/ops/orders') },
  { name: 'payments', shows: 'tbody tr', open: ops('/ops/payments') },
  { name: 'webhooks', shows: 'tbody tr', open: ops('/ops/webhooks') },
  { name: 'queue', shows: 'h1', open: ops('/ops/jobs') },
  { name: 'trail', shows: 'table', open: ops('/ops/trail') },
  { name: 'nothing-here', shows: 'h1', open: ops('/ops/nothing-here') },
]

/** Opens a view and resolves when it shows its content. */
export async function openView(view: View, pages: OpenPages, options?: BrowserContextOptions): Promise<Page> {
  const page = await view.open(pages, options)
  await page.locator(view.shows).first().waitFor()
  return page
}

/** Makes content for every view: a sale with orders, a scheduled sale, a paused sale, payments, webhooks, acts in the trail. */
export async function furnish(pages: PagesClient): Promise<void> {
  const { ops: client, url, openSale, buyer } = pages
  await furnishMoney(pages)
  const { sale: paused } = await openSale({ name: 'Paper lanterns', total: 40 })
  await client.pauseSale(paused.saleId)
  const { item } = await openSale({ name: 'Midnight drop: the lamp with the very long name', total: 1_000 })
  const mine = buyer('viewer')
  for (const key of ['viewer-1', 'viewer-2'])
    await mine.placeOrder({ itemId: item.itemId, quantity: 1 }, { idempotencyKey: key })
  await blowStorm({ url, itemId: item.itemId, ordersPerSecond: 400, prefix: 'furnish', count: 400 })
  await client.restockItem(item.itemId, { units: 200 }, { idempotencyKey: 'furnish' })
}
