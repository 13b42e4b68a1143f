import { createSale } from '@flash-sale/kit/open-sale'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { browserTest, expectNoComplaints, useBrowserPages } from './browser.fixture.ts'
import { layoutFaults } from './layout-faults.fixture.ts'
import { buyAndPay, openPayingSale } from './furnish-money.fixture.ts'
import type { PagesClient } from './pages-client.fixture.ts'
import { setReadersFontSize } from './readers-font-size.fixture.ts'

const pages = useBrowserPages()
const everySize = [16, 20].flatMap((letterPx) => [320, 360, 1280].map((width) => ({ width, letterPx })))
const extremeSizes = [
  { width: 320, letterPx: 20 },
  { width: 1280, letterPx: 16 },
]

/** The longest that the contract allows, without a place to break at. */
const longest = {
  name: 'Wundertüte'.repeat(20),
  sku: 'W'.repeat(64),
  total: 10_000_000,
  priceCents: 1_000_000_000,
  purchaseLimit: 1_000,
  buyer: 'M'.repeat(128),
}
let saleId = 0

browserTest('a sale can be as long in every value as the contract allows', async () => {
  saleId = await furnishLongest(pages())
})

interface View {
  readonly name: string
  /** A CSS selector of what is there as soon as the view shows what it is about. */
  readonly shows: string
  readonly open: () => Promise<Page>
}

const calm = { reducedMotion: 'reduce' } as const
const ops = (path: string) => () => pages().openOps(path, calm)

const views: readonly View[] = [
  {
    name: 'shop',
    shows: 'main li time',
    open: () => pages().open(`/?buyer=${longest.buyer}&sale=${saleId}`, calm),
  },
  { name: 'sign-in', shows: 'form', open: () => pages().open('/ops', calm) },
  { name: 'live', shows: 'article', open: ops('/ops') },
  { name: 'new-sale', shows: 'form', open: ops('/ops/new-sale') },
  { name: 'orders', shows: 'tbody tr', open: ops('/ops/orders') },
  { name: 'sale', shows: 'tbody tr', open: () => pages().openOps(`/ops/sales/${saleId}`, calm) },
  { name: 'payments', shows: 'tbody tr', open: ops('/ops/payments') },
  { name: 'webhooks', shows: 'tbody tr', open: ops('/ops/webhooks') },
  { name: 'queue', shows: 'h1', open: ops('/ops/jobs') },
  { name: 'trail', shows: 'tbody tr', open: ops('/ops/trail') },
  { name: 'nothing-here', shows: 'h1', open: ops('/ops/nothing-here') },
]

for (const { name, shows, open } of views) {
  browserTest(
    `the view ${name} fits every width with the longest values, in both languages and with larger letters`,
    async () => {
      const page = await open()
      await page.locator(shows).first().waitFor()
      for (const language of ['en', 'zh-CN']) {
        expect(await page.evaluate(`document.documentElement.lang`)).toBe(language)
        expect(await faultsIn(page, everySize), language).toEqual([])
        // The switch is written in the other language.
        await page.locator('button[lang]').click()
      }
      expectNoComplaints(pages())
    },
    120_000,
  )
}

browserTest('tables of a sale and of its orders are whole at 1,280 px, however long the names are', async () => {
  for (const locale of ['en-GB', 'zh-CN']) {
    for (const path of [`/ops/sales/${saleId}`, `/ops/orders?text=${longest.buyer}`]) {
      const page = await pages().openOps(path, { ...calm, locale, viewport: { width: 1280, height: 800 } })
      await page.locator('tbody tr').first().waitFor()
      const hiddenPx = `Math.max(...[...document.querySelectorAll('table')].map(({ parentElement: box }) => box.scrollWidth - box.clientWidth))`
      expect(await page.evaluate(hiddenPx), `${path} ${locale}`).toBeLessThanOrEqual(0)
    }
  }
})

browserTest(
  'every dialog fits a narrow and a wide window with the longest values, in both languages',
  async () => {
    for (const locale of ['en-GB', 'zh-CN']) {
      const page = await pages().openOps('/ops', { ...calm, locale })
      const [sale, item] = [page.locator('section header'), page.locator('article footer')].map((part) =>
        part
          .filter({ has: page.getByRole('group') })
          .first()
          .getByRole('group')
          .getByRole('button'),
      )
      await item!.first().waitFor()
      for (const act of [...(await sale!.all()), ...(await item!.all())]) {
        await act.click()
        expect(await faultsIn(page, extremeSizes), `${locale}: ${await act.textContent()}`).toEqual([])
        await page.keyboard.press('Escape')
        await page.locator('dialog').waitFor({ state: 'detached' })
      }
    }
    expectNoComplaints(pages())
  },
  120_000,
)

browserTest(
  'every dialog of a webhook endpoint fits a narrow and a wide window with the longest values, in both languages',
  async () => {
    for (const locale of ['en-GB', 'zh-CN']) {
      const page = await pages().openOps('/ops/webhooks', { ...calm, locale })
      const endpoints = page
        .getByRole('region')
        .filter({ has: page.locator('tbody') })
        .first()
      await endpoints.locator('tbody tr').first().waitFor()
      const acts = await endpoints.getByRole('button').all()
      // New, pause, test and delete.
      expect(acts).toHaveLength(4)
      for (const act of acts) {
        await act.click()
        await page.locator('dialog').waitFor()
        expect(await faultsIn(page, extremeSizes), `${locale}: ${await act.textContent()}`).toEqual([])
        await page.keyboard.press('Escape')
        await page.locator('dialog').waitFor({ state: 'detached' })
      }
    }
    expectNoComplaints(pages())
  },
  120_000,
)

browserTest('a chart that is still as wide as the window was does not widen the page', async () => {
  const page = await pages().openOps('/ops', calm)
  await page.locator('.uplot').first().waitFor()
  const charts = `document.querySelectorAll('.uplot')`
  await page.evaluate(`for (const { style } of ${charts}) style.width = '5000px'`)
  expect(await layoutFaults(page)).toEqual([])
})

/** The faults at each width of the window and size of letters, both in px. */
async function faultsIn(page: Page, sizes: typeof everySize): Promise<string[]> {
  const faults: string[] = []
  for (const { width, letterPx } of sizes) {
    await page.setViewportSize({ width, height: 900 })
    await setReadersFontSize(page, letterPx)
    const found = await layoutFaults(page)
    faults.push(...found.map((fault) => `${width} px, letters of ${letterPx} px: ${fault}`))
  }
  return faults
}

/** Sales in each state, all with the longest values; the id of the one that is open and has orders. */
async function furnishLongest({ ops: client, buyer }: PagesClient): Promise<number> {
  const dear = await openPayingSale(client, longest.name, 'KWD', longest.priceCents)
  const paidId = await buyAndPay(buyer(longest.buyer), dear.itemId, 2)
  await client.refundOrder(paidId, {}, { reason: 'Longest' })
  await buyAndPay(buyer(longest.buyer), dear.itemId)
  const url = `http://127.0.0.1:9/${'w'.repeat(1_900)}`
  await client.createWebhookEndpoint({ url, description: longest.name })
  const open = await createLongest(-1)
  const [closed, paused] = [await createLongest(-1), await createLongest(-1)]
  await createLongest(100_000)
  await client.closeSale(closed.saleId)
  await client.pauseSale(paused.saleId)
  await client.restockItem(open.itemId, { units: longest.total }, { idempotencyKey: 'layout' })
  for (const quantity of [1, 999]) {
    const order = { itemId: open.itemId, quantity }
    const placed = await buyer(longest.buyer).placeOrder(order, { idempotencyKey: `layout-${quantity}` })
    expect(placed).toMatchObject({ ok: true })
  }
  return open.saleId

  async function createLongest(opensInHours: number): Promise<{ saleId: number; itemId: number }> {
    const { name, buyer: _, ...item } = longest
    const opensInMs = opensInHours * 3_600_000
    const closesInMs = opensInMs + 200_000 * 3_600_000
    const sale = await createSale(client, { name, items: [item], opensInMs, closesInMs })
    return { saleId: sale.saleId, itemId: sale.item.itemId }
  }
}
