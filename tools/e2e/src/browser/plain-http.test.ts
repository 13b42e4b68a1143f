import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { browserTest, expectNoComplaints, useBrowserPages } from './browser.fixture.ts'
import { liveItem } from './live-item.fixture.ts'
import { insecureHost } from './open-pages.fixture.ts'

const pages = useBrowserPages()

browserTest('over plain HTTP in a local network operators create and restock, and buyers buy', async () => {
  const { item } = await pages().openSale({ name: 'Lantern', total: 10 })
  const url = pages().url.replace('127.0.0.1', insecureHost)
  const ops = await pages().openOps(`${url}/ops`, { baseURL: url })
  expect(await ops.evaluate('isSecureContext')).toBe(false)

  await liveItem(ops, item.name).getByRole('button', { name: 'Restock' }).click()
  await ops.getByLabel('Units to add').fill('5')
  await ops.keyboard.press('Enter')
  await ops.getByRole('dialog').getByText('5 units were added').waitFor()
  await ops.keyboard.press('Escape')

  await openNewSale(ops)
  await fillIn(ops, 'Insecure drop')
  await ops.getByRole('button', { name: 'Create the sale' }).click()
  await ops.getByRole('dialog').getByRole('button', { name: 'Create the sale' }).click()
  await ops.getByRole('dialog').getByText('Done').waitFor()

  const buyer = await pages().open('about:blank')
  // Firefox has these times over HTTPS only.
  await buyer.addInitScript('delete PerformanceResourceTiming.prototype.serverTiming')
  await buyer.goto(`${url}/?buyer=ann`)
  await buyer.getByRole('button', { name: /^Buy now/ }).click()
  await buyer
    .getByText(/Order no\. \d/)
    .first()
    .waitFor()
  expectNoComplaints(pages())
})

browserTest('a half-typed new sale survives leaving the page and a reload, and goes once it is created', async () => {
  const ops = await pages().openOps('/ops')
  await openNewSale(ops)
  await fillIn(ops, 'Half typed')
  await ops.getByRole('navigation').getByRole('link', { name: 'Orders' }).click()
  await ops.getByRole('heading', { name: 'Orders', exact: true }).waitFor()
  await openNewSale(ops)
  expect(await ops.getByLabel('Name of the sale').inputValue()).toBe('Half typed')
  await ops.reload()
  expect(await ops.getByLabel('Name of the sale').inputValue()).toBe('Half typed')
  expect(await ops.getByLabel('Price').inputValue()).toBe('49.00')

  await ops.getByRole('button', { name: 'Create the sale' }).click()
  await ops.getByRole('dialog').getByRole('button', { name: 'Create the sale' }).click()
  await ops.getByRole('link', { name: 'Watch it live' }).click()
  await openNewSale(ops)
  expect(await ops.getByLabel('Name of the sale').inputValue()).toBe('')
  expectNoComplaints(pages())
})

browserTest('at the sign-in the operator types the key at once, and again after a wrong key', async () => {
  const page = await pages().open('/ops')
  await page.getByLabel('Operators’ key').waitFor()
  await page.keyboard.type('not the key')
  await page.keyboard.press('Enter')
  await page.getByText('This is not the key of this service.').waitFor()
  await page.keyboard.type(pages().opsKey)
  await page.keyboard.press('Enter')
  await page.locator('header nav').waitFor()
  expectNoComplaints(pages())
})

async function openNewSale(page: Page): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: 'New sale' }).click()
  await page.getByLabel('Name of the sale').waitFor()
}

async function fillIn(page: Page, name: string): Promise<void> {
  await page.getByLabel('Name of the sale').fill(name)
  await page.getByLabel('Name of the item').fill('Lamp')
  await page.getByLabel('SKU').fill('LAMP-1')
  await page.getByLabel('Price').fill('49.00')
}
