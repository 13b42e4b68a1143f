import { eventually } from '@flash-sale/testing/eventually'
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { browserTest, expectNoComplaints, useBrowserPages } from './browser.fixture.ts'
import { buyAndPay, openPayingSale, order, payUnknown } from './furnish-money.fixture.ts'
import { liveItem } from './live-item.fixture.ts'

const pages = useBrowserPages()
const phone = { viewport: { width: 390, height: 844 } }

browserTest(
  'on a phone an operator finds "New sale", a form that is left keeps its values, and the sale is in its currency everywhere',
  async () => {
    const ops = await pages().openOps('/ops/payments', phone)
    const newSale = ops.getByRole('navigation').getByRole('link', { name: 'New sale' })
    await newSale.waitFor()
    const box = (await newSale.boundingBox())!
    expect(box.x + box.width).toBeLessThanOrEqual(390)
    expect(box.width).toBeGreaterThan(30)
    await newSale.click()

    await ops.getByLabel('Time to pay').fill('15')
    await ops.getByLabel('Name of the sale').fill('Kyoto dr')
    await ops.getByRole('link', { name: 'Orders' }).click()
    await ops.getByRole('navigation').getByRole('link', { name: 'New sale' }).click()
    expect(await ops.getByLabel('Time to pay').inputValue()).toBe('15')
    await ops.getByLabel('Name of the sale').fill('Kyoto drop')
    await ops.getByLabel('Name of the item').fill('Fan')
    await ops.getByLabel('SKU').fill('FAN')
    await ops.getByLabel('Price').fill('1,290')
    await ops.getByRole('button', { name: 'Now', exact: true }).click()
    await ops.getByRole('button', { name: 'Create the sale' }).click()
    await ops.getByText('A sale that asks for payment needs a currency.').waitFor()
    await ops.getByLabel('Currency').selectOption('JPY')
    await ops.getByRole('button', { name: 'Create the sale' }).click()
    const dialog = ops.getByRole('dialog')
    await dialog.getByText('JPY', { exact: true }).waitFor()
    await dialog.getByRole('button', { name: 'Create the sale' }).click()
    await dialog.getByText('Done', { exact: true }).waitFor()
    await ops.getByRole('link', { name: 'Watch it live' }).click()
    await liveItem(ops, 'Fan').getByText('JP¥1,290').waitFor()

    const ann = await pages().open('/?buyer=ann', phone)
    await ann
      .getByRole('button', { name: /^Buy now/ })
      .getByText('JP¥1,290')
      .waitFor()
    await ann.getByRole('button', { name: /^Buy now/ }).click()
    await ann.getByText(/^Total/).waitFor()
    expect(await ann.getByText('JP¥1,290').count()).toBeGreaterThanOrEqual(3)
    await liveItem(ops, 'Fan').getByText('Waiting for payment').waitFor()
    await ops.getByText('JP¥1,290', { exact: false }).first().waitFor()
    expectNoComplaints(pages())
  },
  120_000,
)

browserTest(
  'an operator sees what is paid, refunds an order with a reason, and finds the refund and its trail',
  async () => {
    const { ops: client, buyer } = pages()
    const { itemId } = await openPayingSale(client, 'Dinar lamp', 'KWD', 1_250)
    const orderId = await buyAndPay(buyer('kim'), itemId, 2)
    await order(buyer('lee'), itemId)
    const ops = await pages().openOps('/ops')
    const sale = ops.getByRole('region', { name: 'Dinar lamp' })
    await sale.getByText('2 paid', { exact: true }).waitFor()
    await sale.getByText('1 waiting for payment', { exact: true }).waitFor()

    await ops.getByRole('link', { name: 'Payments' }).click()
    const row = ops.getByRole('row').filter({ hasText: orderId })
    expect((await row.innerText()).replaceAll('\u00a0', ' ')).toContain('KWD 2.500')
    await row.getByRole('button', { name: /^Refund and cancel/ }).click()
    const dialog = ops.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Refund and cancel' }).click()
    await dialog.getByText('Say why.').waitFor()
    await dialog.getByLabel('Reason').fill('The glass was broken.')
    await dialog.getByRole('button', { name: 'Refund and cancel' }).click()
    await dialog.getByText('Done', { exact: true }).waitFor()
    await ops.keyboard.press('Enter')
    const refunds = ops.getByRole('region', { name: 'Refunds' })
    await refunds.getByRole('row').filter({ hasText: orderId }).getByText('Refunded by an operator').waitFor()
    // Both lists say the same of it once the provider has the refund.
    const paid = ops.getByRole('region', { name: 'Payments' }).getByRole('row').filter({ hasText: orderId })
    await paid.getByText('Refunded', { exact: true }).waitFor()
    // Its units were not asked back.
    const read = await client.auditItem(itemId)
    expect(read).toMatchObject({ value: { total: 98, activeUnits: 1 } })

    await ops.getByRole('link', { name: 'Audit trail' }).click()
    const trailed = ops.getByRole('row').filter({ hasText: 'Refunded and cancelled an order' })
    await trailed.getByText('The glass was broken.').waitFor()
    expectNoComplaints(pages())
  },
  120_000,
)

browserTest(
  'unknown money is told on every page until an operator says what became of it, with a reason',
  async () => {
    await payUnknown(pages().payments, 4_200, 'EUR')
    const ops = await pages().openOps('/ops/payments')
    const verdict = ops.getByText('Unknown money came', { exact: true }).first()
    await verdict.waitFor()
    const unknown = ops.getByRole('region', { name: 'Unknown money' })
    await unknown.getByText('€42.00').waitFor()
    await unknown.getByRole('button', { name: /^Dealt with/ }).click()
    const dialog = ops.getByRole('dialog', { name: 'What became of €42.00?' })
    await dialog.getByRole('button', { name: 'Dealt with' }).click()
    await dialog.getByText('Say why.').waitFor()
    await dialog.getByLabel('Reason').fill('Given back at the provider.')
    await dialog.getByRole('button', { name: 'Dealt with' }).click()
    await dialog.getByText('Done', { exact: true }).waitFor()
    await ops.keyboard.press('Enter')
    await unknown.waitFor({ state: 'detached' })
    await verdict.waitFor({ state: 'detached' })

    await ops.getByRole('link', { name: 'Audit trail' }).click()
    const trailed = ops.getByRole('row').filter({ hasText: 'Dealt with unknown money' })
    await trailed.getByText('Given back at the provider.').waitFor()
    expectNoComplaints(pages())
  },
  120_000,
)

browserTest(
  'a list that is asked for with another filter shows no rows of the list before, however late the answer',
  async () => {
    const { ops: client, buyer } = pages()
    const { itemId } = await openPayingSale(client, 'Late lamp', 'EUR', 900)
    const orderId = await buyAndPay(buyer('nora'), itemId)
    expect(await client.refundOrder(orderId, {}, { reason: 'Too late.' })).toMatchObject({ ok: true })
    const ops = await pages().openOps('/ops/payments')

    const refunds = ops.getByRole('region', { name: 'Refunds' })
    await goesWhileAsked(refunds.getByRole('row').filter({ hasText: orderId }), /\/refunds\?.*state=failing/, () =>
      refunds.getByRole('button', { name: 'Failing' }).click(),
    )
    await refunds.getByRole('button', { name: 'All' }).click()
    await refunds.getByRole('row').filter({ hasText: orderId }).waitFor()

    await ops.getByRole('link', { name: 'Orders' }).click()
    const found = ops.getByRole('row').filter({ hasText: orderId })
    await goesWhileAsked(found, /\/orders\?.*buyer=nora/, () => found.getByRole('link', { name: 'nora' }).click())
    await found.waitFor()

    await ops.getByRole('link', { name: 'Audit trail' }).click()
    const trailed = ops.getByRole('row').filter({ hasText: 'Too late.' })
    await goesWhileAsked(trailed, /\/audit-events\?.*itemId=/, async () => {
      await ops.getByLabel('Item number').fill(String(itemId))
      await ops.keyboard.press('Enter')
    })
    expectNoComplaints(pages())
  },
  120_000,
)

/** Expects the row to go while the service does not answer what the act asks for. */
async function goesWhileAsked(row: Locator, address: RegExp, act: () => Promise<void>): Promise<void> {
  let answer!: () => void
  const mayAnswer = new Promise<void>((resolve) => (answer = resolve))
  await row.waitFor()
  await row.page().route(address, async (route) => {
    await mayAnswer
    await route.continue()
  })
  await act()
  await row.waitFor({ state: 'detached' })
  const answered = row.page().waitForResponse(address)
  answer()
  await answered
}

browserTest(
  'a webhook endpoint that fails, and one that is paused, are told in the verdict, and an operator tests and resumes them',
  async () => {
    const { ops: client, buyer } = pages()
    const created = await client.createWebhookEndpoint({ url: 'http://127.0.0.1:9/hooks', description: 'Warehouse' })
    expect(created).toMatchObject({ ok: true })
    const { item } = await pages().openSale({ name: 'Told', total: 5 })
    await order(buyer('max'), item.itemId)
    const ops = await pages().openOps('/ops/webhooks')
    await verdictReads(ops, /A webhook endpoint fails/)
    const row = ops.getByRole('row').filter({ hasText: 'Warehouse' })
    await row.getByText('Fails, tried again').waitFor()

    await row.getByRole('button', { name: /^Test/ }).click()
    await ops.getByRole('dialog').getByRole('button', { name: 'Test' }).click()
    await ops
      .getByRole('dialog')
      .getByText(/^It was not delivered:/)
      .waitFor()
    await ops.keyboard.press('Enter')
    await act(row, 'Pause')
    await row.getByText('Paused').waitFor()
    await verdictReads(ops, /A webhook endpoint is paused/)
    await act(row, 'Resume')
    await row.getByRole('button', { name: /^Pause/ }).waitFor()
    expectNoComplaints(pages())

    async function act(of: typeof row, name: string): Promise<void> {
      await of.getByRole('button', { name: new RegExp(`^${name}`) }).click()
      await ops.getByRole('dialog').getByRole('button', { name }).click()
      await ops.getByRole('dialog').getByText('Done', { exact: true }).waitFor()
      await ops.keyboard.press('Enter')
      await ops.getByRole('dialog').waitFor({ state: 'detached' })
    }
  },
  120_000,
)

async function verdictReads(page: Page, text: RegExp): Promise<void> {
  const bar = page.getByRole('region', { name: 'Verdict' })
  await eventually(async () => expect(await bar.textContent()).toMatch(text), {
    what: `the bar to read ${text}`,
    timeoutMs: 60_000,
  })
}
