import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { blowStorm } from './blow-storm.fixture.ts'
import { browserTest, expectNoComplaints, useBrowserPages } from './browser.fixture.ts'

const pages = useBrowserPages()

const orders = 400
const units = 150

browserTest(
  'during a storm and after it the shop and the dashboard tell what happens, in the numbers of the stores',
  async () => {
    const { sale, item } = await pages().openSale({ name: 'Lantern', total: units, purchaseLimit: 1 })
    const ops = await pages().openOps()
    const shop = await pages().open(`/?sale=${sale.saleId}&buyer=onlooker`)
    await shop.getByText('First come, first served').waitFor()
    await ops.getByText('Nobody is ordering at the moment.').waitFor()
    const storming = blowStorm({
      url: pages().url,
      itemId: item.itemId,
      ordersPerSecond: 40,
      prefix: 'told',
      count: orders,
    })

    await Promise.all([
      shop.getByText(/^Right now .* units a second find a buyer/).waitFor(),
      ops.getByText(/^Right now .* orders arrive each second/).waitFor(),
    ])
    expect(await storming).toMatchObject({ accepted: units, soldOut: orders - units })

    const sentence = `${orders} orders were sent. ${units} buyers got ${units} units: none was sold twice, and none was lost.`
    for (const page of [shop, ops]) {
      await page.getByText(sentence).waitFor({ timeout: 60_000 })
      expect(await figureOf(page, 'Orders sent')).toContain(`${units} taken`)
      expect(await figureOf(page, 'Buyers served')).toContain(`${units} of ${units} units (100%)`)
      expect(await figureOf(page, 'Sold twice')).toMatch(/^0/)
      expect(await figureOf(page, 'Lost')).toMatch(/^0/)
    }
    const [told] = await pages()
      .ops.readStory(sale.saleId)
      .then((read) => (read.ok ? [read.value] : []))
    expect(told).toMatchObject({ buyers: units, orders: units, asked: { accepted: units, isComplete: true } })

    await ops.getByRole('button', { name: 'Since opening' }).click()
    await ops.getByRole('img', { name: /^Orders, since the opening/ }).waitFor()
    await ops.getByRole('list', { name: 'Moments marked in the chart' }).getByText('Opened').waitFor()
    await ops.getByRole('list', { name: 'Moments marked in the chart' }).getByText('Sold out').waitFor()
    expectNoComplaints(pages())
  },
  180_000,
)

async function figureOf(page: Page, name: string): Promise<string> {
  return page
    .locator('dl > div', { has: page.getByText(name, { exact: true }) })
    .locator('dd')
    .first()
    .innerText()
}
