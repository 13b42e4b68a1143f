import { expect } from 'vitest'
import { browserTest, expectNoComplaints, useBrowserPages } from './browser.fixture.ts'
import { layoutFaults } from './layout-faults.fixture.ts'

const pages = useBrowserPages()

for (const [locale, words] of [
  ['en-GB', { open: 'New endpoint', url: 'Address', create: 'Create the endpoint', secret: 'Its secret' }],
  ['zh-CN', { open: '新建端点', url: '地址', create: '创建端点', secret: '签名密钥' }],
] as const) {
  browserTest(`the form of a webhook endpoint and its secret fit a window of 320 px (${locale})`, async () => {
    const ops = await pages().openOps('/ops/webhooks', { locale, viewport: { width: 320, height: 800 } })
    await ops.getByRole('button', { name: words.open }).click()
    const dialog = ops.getByRole('dialog')
    await dialog.getByRole('button', { name: words.create }).click()
    await dialog.locator('input[aria-invalid=true]:focus').waitFor()
    expect(await layoutFaults(ops)).toEqual([])
    await dialog.getByLabel(words.url).fill(`http://127.0.0.1:9/${'w'.repeat(300)}`)
    await dialog.getByRole('button', { name: words.create }).click()
    await dialog.getByText(words.secret, { exact: true }).waitFor()
    expect(await layoutFaults(ops)).toEqual([])
    expectNoComplaints(pages())
  })
}

browserTest(
  'by keyboard alone an operator creates a webhook endpoint, sees its secret once, and deletes the endpoint',
  async () => {
    const { ops: client } = pages()
    const ops = await pages().openOps('/ops/webhooks')
    await ops.getByRole('button', { name: 'New endpoint' }).press('Enter')
    const dialog = ops.getByRole('dialog')
    await dialog.getByLabel('Address').and(ops.locator(':focus')).waitFor()
    await ops.keyboard.type('http://127.0.0.1:9/form#fragment')
    await ops.keyboard.press('Enter')
    // The service judges the address, and its refusal does not end the form.
    await dialog.getByText(/fragment/).waitFor()
    await dialog.getByLabel('Address').fill('http://127.0.0.1:9/form')
    await dialog.getByLabel('Description').fill('Mail')
    await dialog.getByLabel('Reason').fill('The mails go out by webhook now.')
    for (const type of ['Confirmed', 'Paid', 'Cancelled', 'Expired', 'Rejected'])
      await dialog.getByLabel(type, { exact: true }).press('Space')
    await dialog.getByLabel('Reason').press('Enter')
    await dialog.getByText('Choose one at least.').waitFor()
    for (const type of ['Paid', 'Cancelled']) await dialog.getByLabel(type, { exact: true }).press('Space')
    await dialog.getByLabel('Reason').press('Enter')
    await dialog.getByText(/^whsec_/).waitFor()
    // A screen reader reads out that the endpoint is there, and not its secret.
    const announced = await dialog.locator('[role=status], [role=alert], [aria-live]').allTextContents()
    expect(announced.join(' ')).toContain('The endpoint is created.')
    expect(announced.join(' ')).not.toContain('whsec_')

    const listed = await client.listWebhookEndpoints()
    const created = listed.ok ? listed.value.endpoints.find(({ description }) => description === 'Mail') : undefined
    expect(created).toMatchObject({ url: 'http://127.0.0.1:9/form', types: ['order.paid', 'order.cancelled'] })
    const secret = await client.readWebhookSecret(created!.endpointId)
    expect(secret).toMatchObject({ ok: true, value: { secret: await dialog.locator('code').innerText() } })
    await ops.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(await ops.getByText(/whsec_/).count()).toBe(0)

    const row = ops.getByRole('row').filter({ hasText: 'Mail' })
    await row.getByRole('button', { name: /^Delete/ }).press('Enter')
    await dialog.getByLabel('Reason').fill('The mails stopped.')
    await dialog.getByRole('button', { name: 'Delete' }).press('Enter')
    await dialog.getByText('The endpoint is deleted.').waitFor()
    await ops.keyboard.press('Escape')
    await row.waitFor({ state: 'detached' })

    await ops.getByRole('link', { name: 'Audit trail' }).click()
    for (const reason of ['The mails go out by webhook now.', 'The mails stopped.'])
      await ops.getByRole('row').filter({ hasText: reason }).waitFor()
    expectNoComplaints(pages())
  },
  120_000,
)
