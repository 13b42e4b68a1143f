import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { signToken } from '@flash-sale/testing/test-tokens'
import { afterAll, beforeAll, expect } from 'vitest'
import { browserTest, expectNoComplaints, useBrowserPages } from './browser.fixture.ts'

/** The shop's own sign-in: it asks nothing, and sends the buyer back with a token. */
const signIn = createServer((request, response) => {
  const to = new URL(request.url ?? '/', 'http://sign-in').searchParams.get('return_to')
  response.writeHead(302, { location: `${to}#token=${tokenOf('returning')}` }).end()
})

function tokenOf(sub: string, lifeSeconds = 3_600): string {
  return signToken({ sub, exp: Math.floor(Date.now() / 1_000) + lifeSeconds })
}

let port = 0
beforeAll(async () => {
  await new Promise<void>((resolve) => signIn.listen(0, '127.0.0.1', resolve))
  port = (signIn.address() as AddressInfo).port
})
afterAll(() => void signIn.close())

const pages = useBrowserPages({
  env: () => ({ DEV_TOKENS: 'false', SIGN_IN_URL: `http://127.0.0.1:${port}/?shop=1` }),
})

browserTest(
  'a visitor signs in by the button and comes back to the same sale and the same number of units',
  async () => {
    await pages().openSale({ name: 'Newer', total: 5 })
    const { sale } = await pages().openSale({ name: 'Chosen', total: 9, purchaseLimit: 5 })
    await pages().openSale({ name: 'Newest', total: 5 })
    const page = await pages().open(`/?sale=${sale.saleId}`)
    await page.getByText('You are not signed in').waitFor()
    // Words for developers are for development.
    expect(await page.getByText('sessionStorage').count()).toBe(0)
    for (let i = 0; i < 2; i += 1) await page.getByRole('button', { name: 'One unit more' }).click()
    await page.getByRole('link', { name: 'Sign in to buy' }).click()
    await page.getByText('Buying as').waitFor()
    expect(new URL(page.url()).search + new URL(page.url()).hash).toBe(`?sale=${sale.saleId}`)
    await page.getByRole('heading', { name: 'Chosen', level: 1 }).waitFor()
    await page.getByRole('status').getByText('3', { exact: true }).waitFor()
    expectNoComplaints(pages())
  },
)

browserTest('a token that expires at the press takes nothing, and the order goes on after signing in', async () => {
  const { sale, item } = await pages().openSale({ name: 'Late token', total: 9, purchaseLimit: 5 })
  const page = await pages().open('about:blank')
  // The lists of orders do not tell the page sooner that its token is old.
  await page.route(/\/v1\/orders$/, (route, request) =>
    request.method() === 'GET' ? route.fulfill({ json: { orders: [] } }) : route.continue(),
  )
  await page.goto(`/?sale=${sale.saleId}#token=${tokenOf('returning', -60)}`)
  await page.getByRole('button', { name: 'One unit more' }).click()
  await page.getByRole('button', { name: /^Buy now/ }).click()
  await page.getByText('Your sign-in has expired').waitFor()
  await page.getByText('Nothing was taken. Your order goes on by itself').waitFor()
  expect(await page.getByRole('button', { name: /^Buy/ }).count()).toBe(0)
  const unsold = await pages().ops.readSale(sale.saleId)
  expect(unsold).toMatchObject({ ok: true, value: { items: [{ available: 9 }] } })

  await page.getByRole('link', { name: 'Sign in', exact: true }).click()
  await page
    .getByText(/Order no\. \d/)
    .first()
    .waitFor()
  const sold = await pages().ops.findOrders({ itemId: String(item.itemId) })
  expect(sold).toMatchObject({ ok: true, value: { orders: [{ quantity: 2, buyer: 'returning' }] } })
  expectNoComplaints(pages())
})
