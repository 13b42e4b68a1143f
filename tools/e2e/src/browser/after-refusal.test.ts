import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { browserTest, expectNoComplaints, useBrowserPages } from './browser.fixture.ts'

const pages = useBrowserPages()

const buy = (page: Page) => page.getByRole('button', { name: /^Buy/ })

/**
 * A page that hears nothing of the sale and its orders until the buyer presses, as if the press comes between two readings. The answer of a
 * reading under way could tell the page what the test does next, and so take the button away under the press: that answer is lost too.
 */
async function openDeaf(path: string): Promise<Page> {
  let hears: 'WHAT_IT_ASKS' | 'NOTHING' | 'EVERYTHING' = 'WHAT_IT_ASKS'
  const page = await pages().open('about:blank')
  await page.route(/\/v1\/(sales|orders)/, async (route, request) => {
    if (request.method() === 'POST') hears = 'EVERYTHING'
    if (hears === 'EVERYTHING') return route.continue()
    if (hears === 'NOTHING' || request.url().endsWith('/events')) return route.abort()
    const response = await route.fetch()
    return hears === 'WHAT_IT_ASKS' ? route.fulfill({ response }) : route.abort()
  })
  await page.goto(path)
  await buy(page).waitFor()
  await page.getByText('No orders yet').waitFor()
  hears = 'NOTHING'
  return page
}

browserTest(
  'a buyer who bought in another tab sees the order and a closed button together with the refusal',
  async () => {
    const { sale, item } = await pages().openSale({ name: 'Two tabs', total: 10, purchaseLimit: 1 })
    const page = await openDeaf(`/?sale=${sale.saleId}&buyer=twin`)
    const elsewhere = await pages()
      .buyer('twin')
      .placeOrder({ itemId: item.itemId, quantity: 1 }, { idempotencyKey: 'a' })
    expect(elsewhere.ok).toBe(true)
    await buy(page).click()
    await page.getByText('Over the purchase limit').waitFor()
    // The order has the name by which the buyer finds it in the list.
    await page
      .getByRole('status')
      .getByText(/^Order no\. \d/)
      .waitFor()
    expect(await page.getByText('No orders yet').count()).toBe(0)
    expect(await page.getByRole('button', { name: 'You have all you may buy' }).count()).toBe(1)
    await page
      .getByText(/Order no\. \d|Order number follows/)
      .first()
      .waitFor()
    expectNoComplaints(pages())
  },
)

browserTest(
  'a buyer who wants more than are left is told how many are left, and the next press buys them',
  async () => {
    const { sale, item } = await pages().openSale({ name: 'Last unit', total: 3, purchaseLimit: 3 })
    const page = await openDeaf(`/?sale=${sale.saleId}&buyer=late`)
    await page.getByRole('button', { name: 'One unit more' }).click()
    await page.getByRole('button', { name: 'One unit more' }).click()
    await pages().buyer('early').placeOrder({ itemId: item.itemId, quantity: 2 }, { idempotencyKey: 'b' })
    await buy(page).click()
    await page.getByRole('status').getByText('Only 1 left: buy 1').waitFor()
    expect(await page.getByText('Sold out').count()).toBe(0)
    expect(await page.getByRole('status').filter({ hasText: /^1$/ }).count()).toBe(1)
    await buy(page).click()
    await page
      .getByText(/Order no\. \d/)
      .first()
      .waitFor()
    await page.getByRole('button', { name: 'Sold out' }).waitFor()
    expectNoComplaints(pages())
  },
)

browserTest(
  'a sale that is paused under the finger says so on the button, and opens again after the pause',
  async () => {
    const { sale } = await pages().openSale({ name: 'Paused', total: 3 })
    const page = await openDeaf(`/?sale=${sale.saleId}&buyer=held`)
    await pages().ops.pauseSale(sale.saleId, { idempotencyKey: 'pause' })
    await buy(page).click()
    await page.getByText('The sale was paused just now.').waitFor()
    // At this very moment: a later reading of the sale says the same.
    expect(await page.getByRole('button', { name: 'Paused' }).count()).toBe(1)
    await pages().ops.resumeSale(sale.saleId, { idempotencyKey: 'resume' })
    await buy(page).click()
    await page
      .getByText(/Order no\. \d/)
      .first()
      .waitFor()
    expectNoComplaints(pages())
  },
)

browserTest('in a storm a press that meets a sold-out item adds no reading of the orders to it', async () => {
  const { sale, item } = await pages().openSale({ name: 'Gone', total: 1 })
  const page = await openDeaf(`/?sale=${sale.saleId}&buyer=last`)
  await pages().buyer('first').placeOrder({ itemId: item.itemId, quantity: 1 }, { idempotencyKey: 'c' })
  const readings: string[] = []
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (request.method() === 'GET' && pathname.startsWith('/v1/orders')) readings.push(pathname)
  })
  await buy(page).click()
  await page.getByText('Not enough units were left').waitFor()
  // At this very moment, with what the page knew before.
  expect(await page.getByRole('button', { name: 'Sold out' }).count()).toBe(1)
  expect(await shownLeft(page)).toBe('0')
  expect(readings).toEqual([])
  expectNoComplaints(pages())
})

browserTest('two tabs of one buyer show the order of either at once, without asking the service', async () => {
  const { sale } = await pages().openSale({ name: 'Side by side', total: 10, purchaseLimit: 1 })
  const path = `/?sale=${sale.saleId}&buyer=both`
  const first = await pages().open(path)
  const second = await first.context().newPage()
  await second.goto(path)
  await Promise.all([first, second].map((page) => buy(page).waitFor()))
  await second.route(/\/v1\/orders/, (route) => route.abort())
  await buy(first).click()
  await second.getByRole('button', { name: 'You have all you may buy' }).waitFor()
  expect(await second.getByText('No orders yet').count()).toBe(0)
  expectNoComplaints(pages())
})

/** The units left that the page shows. */
function shownLeft(page: Page): Promise<string | null> {
  return page.getByText('Left now').locator('xpath=following-sibling::span').locator('span.text-lead').textContent()
}
