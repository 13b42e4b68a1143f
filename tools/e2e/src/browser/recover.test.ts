import { eventually } from '@flash-sale/testing/eventually'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { browserTest, expectNoComplaints, useBrowserPages } from './browser.fixture.ts'
import { liveItem, shownStock } from './live-item.fixture.ts'

const pages = useBrowserPages()

const buyNow = (page: Page) => page.getByRole('button', { name: /^Buy now/ })
const ordersOf = async (buyer: string) => {
  const listed = await pages().buyer(buyer).listOrders({})
  if (!listed.ok) throw new Error(listed.problem.detail)
  return listed.value.orders
}

browserTest(
  'a page that is reloaded while its order is on the way buys exactly once, whether or not the order had arrived',
  async () => {
    await pages().openSale({ name: 'Reloaded', total: 10, purchaseLimit: 5 })
    for (const arrives of [true, false]) {
      const buyer = arrives ? 'answer-lost' : 'order-lost'
      const page = await pages().open(`/?buyer=${buyer}`)
      const keys: (string | undefined)[] = []
      page.on('request', (request) => {
        if (isOrder(request.method(), request.url())) keys.push(request.headers()['idempotency-key'])
      })
      let isHeld = false
      let isSent: () => void
      const sent = new Promise<void>((resolve) => (isSent = resolve))
      await page.route('**/v1/orders', async (route, request) => {
        if (isHeld || !isOrder(request.method(), request.url())) return route.continue()
        isHeld = true
        if (arrives) await route.fetch()
        // The page never hears of it: it is reloaded first.
        isSent()
      })
      await buyNow(page).click()
      await sent
      await page.reload()
      await page
        .getByText(/Order no\. \d/)
        .first()
        .waitFor()
      expect(await ordersOf(buyer)).toHaveLength(1)
      expect(new Set(keys).size).toBe(1)
      if (!arrives) expect(keys.length).toBeGreaterThan(1)
    }
    expectNoComplaints(pages())
  },
  120_000,
)

browserTest(
  'an API that is killed and comes back finds both pages live again by themselves, and an order pressed meanwhile taken once',
  async () => {
    const { sale } = await pages().openSale({ name: 'Survivor', total: 10, purchaseLimit: 5 })
    const ops = await pages().openOps()
    const shop = await pages().open(`/?sale=${sale.saleId}&buyer=patient`)
    await ops.getByRole('status').getByText('Live', { exact: true }).waitFor()
    await buyNow(shop).waitFor()

    await pages().killApi()
    await ops.getByText('The connection to the service is lost').waitFor()
    await buyNow(shop).click()
    await shop.getByText('No answer yet').waitFor()
    await shop.getByText('The shop does not answer').waitFor()

    await pages().startApi()
    await ops.getByRole('status').getByText('Live', { exact: true }).waitFor()
    await ops.getByText('The connection to the service is lost').waitFor({ state: 'detached' })
    await shop
      .getByText(/Order no\. \d/)
      .first()
      .waitFor()
    await shop.getByText('The shop does not answer').waitFor({ state: 'detached' })
    expect(await ordersOf('patient')).toHaveLength(1)
    await eventually(async () => expect(await shownStock(liveItem(ops, 'Survivor'))).toMatchObject({ available: 9 }), {
      what: 'the dashboard to show the order',
    })
    expectNoComplaints(pages())
  },
  120_000,
)

function isOrder(method: string, url: string): boolean {
  return method === 'POST' && new URL(url).pathname === '/v1/orders'
}
