import { openSale } from '@flash-sale/kit/open-sale'
import { expect } from 'vitest'
import { browserTest, expectNoComplaints, useBrowserPages } from './browser.fixture.ts'
import { buyAndPay, openPayingSale, order } from './furnish-money.fixture.ts'

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

browserTest('a buyer whose order is refunded is told how the money comes, and with which id to ask', async () => {
  const { ops, buyer } = pages()
  const { itemId } = await openPayingSale(ops, 'Broken lamp', 'EUR', 900)
  const orderId = await buyAndPay(buyer('rita'), itemId)
  expect(await ops.refundOrder(orderId, {}, { reason: 'Broken.' })).toMatchObject({ ok: true })
  const page = await pages().open('/?buyer=rita')
  const news = page.getByRole('status').filter({ hasText: /^Cancelled/ })
  await news.getByText('How soon you see it is up to your bank or card').waitFor()
  await news.getByText(orderId).waitFor()
  await page.getByRole('listitem').getByText('the money goes back the way you paid').waitFor()
  const chinese = await pages().open('/?buyer=rita', { locale: 'zh-CN' })
  await chinese.getByRole('listitem').getByText('款项将原路退回').waitFor()
  expectNoComplaints(pages())
})

browserTest(
  'a buyer whose cancelling gets no answer is not told that it failed, since the order may be cancelled',
  async () => {
    const { ops, buyer } = pages()
    const { itemId } = await openPayingSale(ops, 'Unsure lamp', 'EUR', 900)
    await order(buyer('una'), itemId)
    const page = await pages().open('/?buyer=una')
    const row = page.getByRole('listitem').filter({ has: page.getByRole('button', { name: 'Pay now' }) })
    const cancel = async () => {
      await row.getByRole('button', { name: 'Cancel the order' }).click()
      await row.getByRole('button', { name: 'Cancel it for good' }).click()
    }
    await page.route(/\/cancel$/, (route) => route.abort())
    await cancel()
    await row.getByText('It is not known whether the order is cancelled').waitFor()
    expect(await page.getByText('could not be cancelled').count()).toBe(0)
    await page.unroute(/\/cancel$/)
    await cancel()
    await page.getByRole('listitem').getByText('Cancelled', { exact: true }).waitFor()
    expectNoComplaints(pages())
  },
)
