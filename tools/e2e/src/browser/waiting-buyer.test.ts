import { readFile } from 'node:fs/promises'
import { createSale } from '@flash-sale/kit/open-sale'
import { eventually } from '@flash-sale/testing/eventually'
import { expect } from 'vitest'
import { browserTest, expectNoComplaints, useBrowserPages } from './browser.fixture.ts'

const pages = useBrowserPages()

const hourMs = 3_600_000

function comingSale(name: string, opensInMs: number) {
  return createSale(pages().ops, {
    name,
    items: [{ name, total: 3, purchaseLimit: 1 }],
    opensInMs,
    closesInMs: opensInMs + hourMs,
  })
}

browserTest('the title of the tab counts down, and says "Open now" when the sale is open', async () => {
  const { saleId } = await comingSale('Countdown', 20_000)
  const page = await pages().open(`/?sale=${saleId}&buyer=waiting`)
  await eventually(async () => /^00:[012]\d · Countdown$/.test(await page.title()), { what: 'the countdown' })
  await page.getByRole('button', { name: /^Buy now/ }).waitFor()
  await eventually(async () => (await page.title()) === 'Open now · Countdown', { what: 'the opening in the title' })
  expectNoComplaints(pages())
})

browserTest(
  'the number of units can be picked ahead of the opening, and once the item is sold out the picker is off and says why',
  async () => {
    const sale = await createSale(pages().ops, {
      name: 'Picked',
      items: [{ name: 'Picked', total: 2, purchaseLimit: 2 }],
      opensInMs: 20_000,
      closesInMs: hourMs,
    })
    const page = await pages().open(`/?sale=${sale.saleId}&buyer=picker`)
    const [more, picked] = [
      page.getByRole('button', { name: 'One unit more' }),
      page.getByRole('group').locator('output'),
    ]
    const waitFor = (name: string) => page.getByRole('group', { name, exact: true }).waitFor()
    await page.getByRole('button', { name: 'Not open yet' }).waitFor()
    await more.click()
    await picked.getByText('2', { exact: true }).waitFor()

    await page.getByRole('button', { name: /^Buy now/ }).waitFor()
    await waitFor('Units')
    expect(await picked.innerText()).toBe('2')
    await pages().buyer('quicker').placeOrder({ itemId: sale.item.itemId, quantity: 2 }, { idempotencyKey: 'quicker' })
    await waitFor('Units: Sold out')
    expect(await more.getAttribute('aria-disabled')).toBe('true')
    expectNoComplaints(pages())
  },
)

browserTest(
  'a buyer who wishes so is notified of the opening, puts it into the calendar, and the screen stays on',
  async () => {
    const { saleId, opensAt } = await comingSale('Lantern', 20_000)
    const page = await pages().open('about:blank', { acceptDownloads: true })
    await page.addInitScript(`
    window.told = []
    window.Notification = class { static permission = 'granted'; constructor(title, { body }) { window.told.push(title + ': ' + body) } addEventListener() {} }
    navigator.wakeLock.request = async () => { window.awake = true; return { addEventListener() {}, release: async () => { window.awake = false } } }
  `)
    await page.goto(`/?sale=${saleId}&buyer=waiting`)
    await page.getByText('Your screen stays on').waitFor()
    expect(await page.evaluate('window.awake')).toBe(true)

    const downloading = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Add to calendar' }).click()
    const download = await downloading
    expect(download.suggestedFilename()).toBe(`sale-${saleId}.ics`)
    const text = await readFile(await download.path(), 'utf8')
    expect(text).toContain(`DTSTART:${opensAt.slice(0, 19).replaceAll(/[-:]/g, '')}Z`)

    await page.getByRole('button', { name: 'Notify me' }).click()
    await page.getByRole('button', { name: /^Buy now/ }).waitFor()
    await eventually(
      async () =>
        (await page.evaluate('window.told.join(" | ")')) === 'Lantern: Opens within a minute. | Lantern: Open now.',
      { what: 'both notifications' },
    )
    await eventually(async () => (await page.evaluate('window.awake')) === false, { what: 'the screen to be free' })
    expectNoComplaints(pages())
  },
)

browserTest('after buying the page shows a receipt: number, total, an id to copy, and what happens next', async () => {
  const { sale } = await pages().openSale({ name: 'Receipt', total: 3, purchaseLimit: 2 })
  const page = await pages().open('about:blank')
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: pages().url })
  await page.goto(`/?sale=${sale.saleId}&buyer=keeper`)
  await page.getByRole('button', { name: 'One unit more' }).click()
  await page.getByRole('button', { name: /^Buy now/ }).click()
  const receipt = page.getByRole('status').filter({ hasText: /Order no\. \d/ })
  await receipt.waitFor()
  await receipt.getByText('Keep the number.').waitFor()
  const listed = await pages().buyer('keeper').listOrders({})
  if (!listed.ok) throw new Error(listed.problem.detail)
  const [order] = listed.value.orders
  await receipt.getByText(order!.orderId).waitFor()
  await receipt.getByRole('button', { name: 'Copy the order id' }).click()
  await receipt.getByText('Copied').waitFor()
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(order!.orderId)
  expect(await receipt.getByText('Total').count()).toBe(1)
  expectNoComplaints(pages())
})
