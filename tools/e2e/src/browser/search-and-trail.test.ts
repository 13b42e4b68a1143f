import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { eventually } from '@flash-sale/testing/eventually'
import { browserTest, expectNoComplaints, useBrowserPages } from './browser.fixture.ts'
import { liveItem } from './live-item.fixture.ts'

const pages = useBrowserPages()

async function search(page: Page, text: string): Promise<void> {
  await page.getByRole('searchbox', { name: /^Order number, order id/ }).fill(text)
  await page.keyboard.press('Enter')
}

browserTest(
  'one box finds an order by its number, its id and its buyer, and the item and the sale by name',
  async () => {
    const { item } = await pages().openSale({ name: 'Moon lamp', total: 10 })
    const placed = await pages().buyer('ann').placeOrder({ itemId: item.itemId, quantity: 1 }, { idempotencyKey: 'a' })
    if (!placed.ok) throw new Error(placed.problem.detail)
    const { orderId } = placed.value
    const order = await eventually(
      async () => {
        const read = await pages().ops.readOrder(orderId)
        return read.ok && read.value.number !== undefined ? read.value : null
      },
      { what: 'the order to have its number' },
    )
    const page = await pages().openOps('/ops/orders')
    for (const text of [String(order!.number), orderId, 'ann']) {
      await search(page, text)
      await page.getByRole('cell', { name: orderId }).waitFor()
      await page.getByRole('rowheader', { name: String(order!.number), exact: true }).waitFor()
    }
    await search(page, 'moon')
    await page.getByRole('region', { name: 'Items found' }).getByRole('link', { name: 'Moon lamp' }).waitFor()
    await page.getByRole('region', { name: 'Sales found' }).getByRole('link', { name: 'Moon lamp' }).click()
    await page.getByRole('heading', { name: 'Moon lamp' }).waitFor()
    await page.getByRole('link', { name: 'Orders', exact: true }).last().click()
    await page.getByRole('heading', { name: 'Orders of “Moon lamp”' }).waitFor()
    await search(page, 'nobody of this name')
    await page.getByText('Nothing is called “nobody of this name”').waitFor()
    expectNoComplaints(pages())
  },
  120_000,
)

browserTest(
  'the name that an operator gives at the sign-in and the reason of an act are in the trail, with links',
  async () => {
    const { sale } = await pages().openSale({ name: 'Wrong price', total: 10 })
    const page = await pages().open('/ops')
    await page.getByLabel('Operators’ key').fill(pages().opsKey)
    await page.getByLabel('Your name').fill('王小明')
    await page.keyboard.press('Enter')
    const row = page.getByRole('region', { name: 'Wrong price' })
    await row.getByRole('button', { name: 'Pause' }).click()
    await page.getByRole('textbox', { name: 'Reason' }).fill('The price is wrong')
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click()
    await page.getByRole('dialog').getByText('Done').waitFor()
    await page.keyboard.press('Escape')

    await page.getByRole('link', { name: 'Audit trail' }).click()
    await page.getByRole('row', { name: /王小明 Paused Wrong price .*Reason The price is wrong/ }).waitFor()
    await page.getByRole('row', { name: /Created Wrong price .*Items 1.*Units 10/ }).waitFor()
    await page
      .getByRole('row', { name: /Paused/ })
      .getByRole('link', { name: 'Wrong price' })
      .click()
    await page.waitForURL(`**/ops/sales/${sale.saleId}`)
    await page.getByText('Paused', { exact: true }).first().waitFor()
    expectNoComplaints(pages())
  },
  120_000,
)

browserTest(
  'a term explains itself when it is pressed, by pointer and by key, and rebuilding is reached from the count',
  async () => {
    await pages().openSale({ name: 'Explained', total: 10 })
    const page = await pages().openOps()
    const item = liveItem(page, 'Explained')
    const term = item.getByRole('button', { name: 'Not yet saved' })
    const about = page.getByText('Units of accepted orders that wait in Redis')
    await term.press('Enter')
    await about.filter({ visible: true }).waitFor()
    await page.keyboard.press('Escape')
    await eventually(async () => expect(await about.filter({ visible: true }).count()).toBe(0), { what: 'it to close' })
    await term.click()
    await about.filter({ visible: true }).waitFor()
    await page.keyboard.press('Escape')

    expect(await item.getByRole('button', { name: 'Rebuild' }).count()).toBe(0)
    expect(await item.getByText('Paid').count()).toBe(0)
    expect(await page.getByText('Batch size').count()).toBe(0)
    await page.getByText('Internals').click()
    await page.getByText('Batch size', { exact: true }).first().waitFor()
    await item.getByRole('button', { name: 'Count' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Rebuild the ledger…' }).click()
    await page
      .getByRole('dialog')
      .getByRole('heading', { name: /^Rebuild the ledger of/ })
      .waitFor()
    expectNoComplaints(pages())
  },
  120_000,
)
