import { createSale } from '@flash-sale/kit/open-sale'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { blowStorm } from './blow-storm.fixture.ts'
import { browserTest, expectNoComplaints, useBrowserPages } from './browser.fixture.ts'

const pages = useBrowserPages()

const hourMs = 3_600_000
const viewport = { width: 1280, height: 800 }
const saleCount = 60

/** Longer than what a row has beside the state, the time and the stock. */
const longName = 'Midnight drop of the floor lamp with a name of two lines'

const rows = (page: Page) =>
  page
    .getByRole('main')
    .getByRole('heading', { level: 2 })
    .filter({ has: page.getByRole('button') })

async function create(name: string, opensInMs: number, itemCount = 1): Promise<number> {
  const items = Array.from({ length: itemCount }, (_, i) => ({
    sku: `${name}-${i}`,
    name: `${name}, item ${i}`,
    total: 100,
    purchaseLimit: 1,
    priceCents: 100,
  }))
  const sale = await createSale(pages().ops, { name, items, opensInMs, closesInMs: 24 * hourMs })
  return sale.saleId
}

/** The busy sale is the oldest; one has 40 items, one opens soon, one is paused, and some are closed. */
async function furnishMany(): Promise<number> {
  const busyId = await create('Busy', -1)
  await create('Wide', -1, 40)
  await create('Soon', 600_000)
  await pages().ops.pauseSale(await create('Paused', -1))
  await create(longName, -1)
  for (let i = 0; i < 9; i += 1) await pages().ops.closeSale(await create(`Closed ${i}`, -1))
  for (let i = 14; i < saleCount; i += 1) await create(`Idle ${i}`, i % 2 === 0 ? -1 : 5 * hourMs)
  return busyId
}

browserTest(
  'among sixty sales the busy one shows first and without scrolling, the others are a row each, and closed ones are folded',
  async () => {
    const busyId = await furnishMany()
    const listed = await pages().ops.readSale(busyId)
    if (!listed.ok) throw new Error(listed.problem.detail)
    const itemId = listed.value.items[0]!.itemId
    const page = await pages().openOps('/ops', { viewport })
    const over = new AbortController()
    const { url } = pages()
    const selling = blowStorm({ url, itemId, ordersPerSecond: 5, prefix: 'busy', signal: over.signal })
    await rows(page).first().filter({ hasText: 'Busy' }).waitFor()
    const busy = page.getByRole('region', { name: 'Busy' })
    const box = await busy.boundingBox()
    expect(box!.y + box!.height).toBeLessThan(viewport.height)
    expect(box!.height).toBeLessThan(60)
    expect(await page.evaluate('scrollY')).toBe(0)
    expect(await rows(page).nth(1).textContent()).toBe('Soon')
    expect(await page.evaluate<number>('document.documentElement.scrollHeight')).toBeLessThan(4_000)
    expect(await page.getByRole('article').count()).toBe(0)
    const long = await page.getByRole('region', { name: longName }).boundingBox()
    expect(long!.height).toBeLessThan(105)
    expect(await page.getByText('9 closed sales').count()).toBe(1)
    expect(await page.getByRole('region', { name: 'Closed 3' }).isVisible()).toBe(false)

    await busy.getByRole('button', { name: 'Busy' }).click()
    await page.getByRole('article', { name: 'Busy, item 0' }).waitFor()
    await busy.getByRole('button', { name: 'Pause' }).waitFor()
    over.abort()
    await selling

    // One of 40 items is found by its SKU, and opened.
    await page.getByRole('searchbox').fill('wide-37')
    await page.getByText('1 sale', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Wide', exact: true }).click()
    await page.getByRole('button', { name: 'Wide, item 37' }).click()
    await page.getByRole('article', { name: 'Wide, item 37' }).getByRole('button', { name: 'Restock' }).waitFor()

    // The shop shows a few of the others, and all of them on a press.
    const shop = await pages().open('/?buyer=ann', { viewport })
    const others = shop.getByRole('listitem').filter({ has: shop.getByRole('link') })
    await shop.getByRole('button', { name: /^Show \d+ more$/ }).waitFor()
    expect(await others.count()).toBe(5)
    await shop.getByRole('button', { name: /^Show \d+ more$/ }).click()
    await others.filter({ hasText: 'Paused' }).first().waitFor()
    expect(await others.count()).toBeGreaterThan(5)
    expectNoComplaints(pages())
  },
  240_000,
)
