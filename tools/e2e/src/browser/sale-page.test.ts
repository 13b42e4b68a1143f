import { onTestFinished } from 'vitest'
import { browserTest, expectNoComplaints, useBrowserPages } from './browser.fixture.ts'

const pages = useBrowserPages()

browserTest(
  'the page of a sale tells what it has come to while it sells, and calls it sold out only while its ledger can be read',
  async () => {
    const { sale, item } = await pages().openSale({ name: 'Sums', total: 4, purchaseLimit: 2 })
    const order = (buyer: string, quantity: number) =>
      pages().buyer(buyer).placeOrder({ itemId: item.itemId, quantity }, { idempotencyKey: crypto.randomUUID() })
    await order('ann', 1)
    await order('ann', 2)
    const page = await pages().openOps(`/ops/sales/${sale.saleId}`)
    await page.getByText('1 of 4 units ordered (25%)').waitFor()
    await page.getByText(/^Value /).waitFor()
    await page.getByText('1 buyer served').waitFor()
    await page.getByText('1 order refused').waitFor()

    await order('ann', 1)
    await order('bob', 2)
    const soldOut = page.getByText('Sold out', { exact: true })
    await soldOut.waitFor()
    await page.getByText('Buyers served').waitFor()

    pages().redis.kill('SIGSTOP')
    onTestFinished(() => pages().redis.kill('SIGCONT'))
    await page.getByRole('row', { name: /Not readable/ }).waitFor()
    await soldOut.waitFor({ state: 'detached' })
    await page.getByText('Open', { exact: true }).waitFor()
    pages().redis.kill('SIGCONT')
    await soldOut.waitFor()
    expectNoComplaints(pages())
  },
  180_000,
)
