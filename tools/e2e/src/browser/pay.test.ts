import { openSale } from '@flash-sale/kit/open-sale'
import { expect } from 'vitest'
import { browserTest, expectNoComplaints, useBrowserPages } from './browser.fixture.ts'

const pages = useBrowserPages()

browserTest(
  'a buyer buys, pays on the page of the provider, and the shop shows the order as paid',
  async () => {
    await openSale(pages().ops, { name: 'Paid drop', items: [{ total: 5, purchaseLimit: 1 }], payWithinSeconds: 600 })
    const ann = await pages().open('/?buyer=ann')
    await pages().killWorker()
    await ann.getByRole('button', { name: /^Buy now/ }).click()
    // Nobody saves the order now. It cannot be paid yet, and it is the buyer's only once it is paid.
    await ann
      .getByRole('status')
      .filter({ hasText: /^Accepted · 1 unit.*Payment comes next/ })
      .waitFor()
    expect(await ann.getByText('It is yours').count()).toBe(0)
    await pages().startWorker()
    const news = ann.getByRole('status').filter({ hasText: /^Not paid yet · 1 unit.* is kept for you until / })
    await news.waitFor()
    // An order that waits for its money is called unpaid in the list too, and nowhere the buyer's.
    await ann.getByRole('listitem').getByText('Not paid yet', { exact: true }).waitFor()
    expect(await ann.getByText(/It is yours|^Confirmed/).count()).toBe(0)
    await news.getByRole('button', { name: 'Pay now' }).click()
    await ann.waitForURL(/\/pay\/sim_/)
    await ann.getByRole('button', { name: /^Pay 支付/ }).click()
    await ann.getByRole('status').getByText('Paid.').waitFor()
    await ann.getByRole('link', { name: /^Back to the shop/ }).click()
    await ann.getByText('Paid', { exact: true }).first().waitFor()

    const bob = await pages().open('/?buyer=bob', { locale: 'zh-CN', viewport: { width: 390, height: 844 } })
    await bob.getByRole('button', { name: /^立即抢购/ }).click()
    await bob.getByRole('listitem').getByRole('button', { name: '立即支付' }).click()
    await bob.waitForURL(/\/pay\/sim_/)
    expectNoComplaints(pages())
  },
  120_000,
)
