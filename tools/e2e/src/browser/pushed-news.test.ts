import { createSale } from '@flash-sale/kit/open-sale'
import { eventually } from '@flash-sale/testing/eventually'
import type { Page, Request } from 'playwright-core'
import { expect } from 'vitest'
import { browserTest, expectNoComplaints, useBrowserPages } from './browser.fixture.ts'

const pages = useBrowserPages()

const hourMs = 3_600_000
const isReading = (url: string) => /^\/v1\/sales(\/\d+)?$/.test(new URL(url).pathname)
const isStream = (url: string) => new URL(url).pathname === '/v1/sales/events'

/** A page whose stream is open. Later readings of the sales fail, so that the page knows only what it is told. */
async function openTold(path: string): Promise<Page> {
  const page = await pages().open('about:blank')
  const opened = page.waitForResponse((response) => isStream(response.url()))
  await page.goto(path)
  await opened
  await page.getByRole('button', { name: /^(Buy|Not open)/ }).waitFor()
  await page.route(
    (url) => isReading(url.href),
    (route) => route.abort(),
  )
  return page
}

browserTest('an open page is told of stock, pause, sold out and restock, and reads nothing by itself', async () => {
  const { sale, item } = await pages().openSale({ name: 'Told', total: 3, purchaseLimit: 3 })
  const page = await openTold(`/?sale=${sale.saleId}&buyer=reader`)
  const button = (name: string | RegExp) => page.getByRole('button', { name }).waitFor()
  const other = pages().buyer('other')
  await other.placeOrder({ itemId: item.itemId, quantity: 1 }, { idempotencyKey: 'one' })
  await page.getByText('2 of 3').waitFor()
  await pages().ops.pauseSale(sale.saleId, { idempotencyKey: 'pause' })
  await button('Paused')
  await pages().ops.resumeSale(sale.saleId, { idempotencyKey: 'resume' })
  await button(/^Buy now/)
  await other.placeOrder({ itemId: item.itemId, quantity: 2 }, { idempotencyKey: 'two' })
  await button('Sold out')
  await pages().ops.restockItem(item.itemId, { units: 5 }, { idempotencyKey: 'more' })
  await button(/^Buy now/)
  await pages().ops.closeSale(sale.saleId, { idempotencyKey: 'close' })
  await button('The sale is over')
  expect(await page.getByText('The shop does not answer').count()).toBe(0)
  expectNoComplaints(pages())
})

browserTest('a sale that opens in five seconds is on an open page before it opens, and opens there', async () => {
  const { sale } = await pages().openSale({ name: 'Before it', total: 3 })
  const page = await openTold(`/?sale=${sale.saleId}&buyer=early`)
  const items = [{ name: 'Sudden', total: 3, purchaseLimit: 1 }]
  const sudden = await createSale(pages().ops, { name: 'Sudden drop', items, opensInMs: 5_000, closesInMs: hourMs })
  const link = page.getByRole('link', { name: 'Sudden drop' })
  await link.waitFor()
  expect(Date.now()).toBeLessThan(Date.parse(sudden.opensAt))
  await link.getByText('Open now').waitFor()
  expectNoComplaints(pages())
})

browserTest(
  'a page that gets no stream reads by itself, and a page whose stream is lost does so until it is back',
  async () => {
    const { sale, item } = await pages().openSale({ name: 'Blocked', total: 5 })
    const page = await pages().open('about:blank')
    let isBlocked = true
    await page.route(
      (url) => isStream(url.href),
      (route) => (isBlocked ? route.abort() : route.continue()),
    )
    await page.goto(`/?sale=${sale.saleId}&buyer=behind-a-proxy`)
    await page.getByText('5 of 5').waitFor()
    await pages().buyer('other').placeOrder({ itemId: item.itemId, quantity: 1 }, { idempotencyKey: 'a' })
    await page.getByText('4 of 5').waitFor()
    const opened = page.waitForResponse((response) => isStream(response.url()))
    isBlocked = false
    await opened
    await page.route(
      (url) => isReading(url.href),
      (route) => route.abort(),
    )
    await pages().buyer('third').placeOrder({ itemId: item.itemId, quantity: 1 }, { idempotencyKey: 'b' })
    await page.getByText('3 of 5').waitFor()
    expectNoComplaints(pages())
  },
)

browserTest('a hidden tab gives its stream back, and is up to date as soon as it is seen again', async () => {
  const { sale, item } = await pages().openSale({ name: 'Hidden', total: 5 })
  const page = await openTold(`/?sale=${sale.saleId}&buyer=elsewhere`)
  const given = page.waitForEvent('requestfailed', (request) => isStream(request.url()))
  await setVisible(page, false)
  await given
  await pages().buyer('other').placeOrder({ itemId: item.itemId, quantity: 1 }, { idempotencyKey: 'a' })
  const taken = page.waitForResponse((response) => isStream(response.url()))
  await setVisible(page, true)
  await taken
  await page.getByText('4 of 5').waitFor()
  expectNoComplaints(pages())
})

browserTest('a hidden tab with a wish is told first, and of several such tabs one holds a stream', async () => {
  const { sale, item } = await pages().openSale({ name: 'Wished', total: 1 })
  await pages().buyer('other').placeOrder({ itemId: item.itemId, quantity: 1 }, { idempotencyKey: 'a' })
  const first = await pages().open('about:blank')
  await first.context().grantPermissions(['notifications'], { origin: pages().url })
  await first.context().addInitScript(`
    window.told = []
    window.Notification = class { static permission = 'granted'; constructor(title, { body }) { window.told.push(title + ': ' + body) } addEventListener() {} }
  `)
  const second = await first.context().newPage()
  const tabs = [first, second].map((page) => ({ page, streams: followStreams(page) }))
  for (const { page, streams } of tabs) {
    await page.goto(`/?sale=${sale.saleId}&buyer=hopeful`)
    await page.getByRole('button', { name: 'Tell me if more come' }).click()
    await page.getByRole('button', { name: 'You will be told' }).waitFor()
    await page.getByText('You hear of it before the others.').waitFor()
    await eventually(() => streams.open.size === 1 && streams.asked.at(-1) === String(item.itemId), {
      what: 'a stream',
    })
  }
  for (const { page } of tabs) await setVisible(page, false)
  await eventually(() => tabs.reduce((sum, { streams }) => sum + streams.open.size, 0) === 1, { what: 'one stream' })
  const { page: holder, streams } = tabs.find((tab) => tab.streams.open.size === 1)!
  await pages().ops.restockItem(item.itemId, { units: 4 }, { idempotencyKey: 'wished' })
  await eventually(async () => (await holder.evaluate('window.told.join()')) === `${item.name}: 4 left again.`, {
    what: 'the notification',
  })
  expect(await holder.title()).toContain('Open now')
  // The wish came true, and the head start may go on: a stream that does not ask would tell that everything is sold out.
  const askedCount = streams.asked.length
  await setVisible(holder, true)
  await eventually(() => streams.asked.length > askedCount, { what: 'the stream of the tab that is seen again' })
  expect(streams.asked.at(-1)).toBe(String(item.itemId))
  await holder.getByRole('button', { name: /^Buy now/ }).waitFor()
  expectNoComplaints(pages())
})

/** The streams that a page holds, and what it asked with each to hear first. */
function followStreams(page: Page): {
  readonly open: ReadonlySet<Request>
  readonly asked: readonly (string | null)[]
} {
  const open = new Set<Request>()
  const asked: (string | null)[] = []
  page.on('request', (request) => {
    if (!isStream(request.url())) return
    open.add(request)
    asked.push(new URL(request.url()).searchParams.get('first'))
  })
  page.on('requestfailed', (request) => void open.delete(request))
  return { open, asked }
}

/** Makes the page believe that its tab is hidden or seen: a headless browser shows every tab. */
async function setVisible(page: Page, isVisible: boolean): Promise<void> {
  const state = isVisible ? 'visible' : 'hidden'
  await page.evaluate(`
    Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true })
    Object.defineProperty(document, 'hidden', { value: ${!isVisible}, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  `)
}
