import { setTimeout } from 'node:timers/promises'
import { eventually } from '@flash-sale/testing/eventually'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { browserTest, expectNoComplaints, useBrowserPages } from './browser.fixture.ts'

const pages = useBrowserPages({ ownPostgres: true })

browserTest(
  'while Postgres is frozen a page with a stream says nothing of it, and one without says that its numbers may be old',
  async () => {
    const { sale } = await pages().openSale({ name: 'Frozen', total: 10, purchaseLimit: 2 })
    const path = `/?sale=${sale.saleId}&buyer=`
    const told = await pages().open(`${path}told`)
    const untold = await pages().open('about:blank')
    await untold.route('/v1/sales/events', (route) => route.abort())
    await untold.goto(`${path}untold`)
    for (const page of [told, untold]) await page.getByRole('button', { name: /^Buy now/ }).waitFor()
    const said = await Promise.all([told, untold].map(notices))
    const refused: number[] = []
    told.on('response', (response) => {
      if (/\/v1\/sales(\?|$)/.test(response.url()) && !response.ok()) refused.push(response.status())
    })

    await pages().postgres!.freeze()
    try {
      await untold.getByText('What you see may be out of date').waitFor()
      const isRefusedAgain = async () => {
        await readAgain(told)
        return refused.length > 1
      }
      await eventually(isRefusedAgain, { what: 'the list of sales to be refused twice', timeoutMs: 30_000 })
    } finally {
      pages().postgres!.thaw()
    }
    await untold.getByText('What you see may be out of date').waitFor({ state: 'detached' })
    expect(said.flat().filter((text) => text.includes('does not answer'))).toEqual([])
    expect(said[0]!.filter((text) => text.includes('may be out of date'))).toEqual([])
    expectNoComplaints(pages())
  },
  180_000,
)

browserTest(
  'a page whose list is never answered, but whose sale is, says that its numbers may be old, and never that the shop does not answer',
  async () => {
    const { sale } = await pages().openSale({ name: 'Half heard', total: 10, purchaseLimit: 2 })
    const page = await pages().open('about:blank')
    await page.route('/v1/sales/events', (route) => route.abort())
    let unanswered = 0
    await page.route(/\/v1\/sales\?/, (route) => {
      unanswered += 1
      return route.abort()
    })
    await page.goto(`/?sale=${sale.saleId}&buyer=half`)
    await page.getByRole('button', { name: /^Buy now/ }).waitFor()
    const said = await notices(page)
    // A try that fails is repeated four times, and between them the sale is read.
    const isGivenUp = async () => {
      await readAgain(page)
      return unanswered > 4
    }
    await eventually(isGivenUp, { what: 'the list to be asked for in vain', timeoutMs: 60_000 })
    await page.getByText('What you see may be out of date').waitFor()
    expect(said.filter((text) => text.includes('does not answer'))).toEqual([])
    expectNoComplaints(pages())
  },
  120_000,
)

browserTest('a page without a network says that the shop does not answer, until the network is back', async () => {
  const { sale } = await pages().openSale({ name: 'Offline', total: 10, purchaseLimit: 2 })
  const page = await pages().open('about:blank')
  await page.route('/v1/sales/events', (route) => route.abort())
  await page.goto(`/?sale=${sale.saleId}&buyer=offline`)
  await page.getByRole('button', { name: /^Buy now/ }).waitFor()
  await page.context().setOffline(true)
  await page.getByText('The shop does not answer').waitFor()
  await page.context().setOffline(false)
  await page.getByText('The shop does not answer').waitFor({ state: 'detached' })
  expectNoComplaints(pages())
})

browserTest(
  'a page behind a proxy that reaches no process makes sure, claims nothing meanwhile, and then says that the shop does not answer',
  async () => {
    const { sale } = await pages().openSale({ name: 'No process', total: 10, purchaseLimit: 2 })
    const page = await pages().open('about:blank')
    await page.route('/v1/sales/events', (route) => route.abort())
    await page.goto(`/?sale=${sale.saleId}&buyer=proxy`)
    await page.getByRole('button', { name: /^Buy now/ }).waitFor()
    const said = await notices(page)
    const unavailable = {
      status: 503,
      contentType: 'application/problem+json',
      body: JSON.stringify({
        title: 'Not available for the moment',
        status: 503,
        code: 'UNAVAILABLE',
        retryAfterMs: 1_000,
      }),
    }
    await page.route(/\/v1\//, (route) => route.fulfill(unavailable))
    await page.route('/health/live', async (route) => {
      await setTimeout(1_000)
      await route.fulfill(unavailable)
    })
    await page.getByText('The shop does not answer').waitFor()
    expect(said.filter((text) => text.includes('cannot look up the latest numbers'))).toEqual([])
    await page.unrouteAll({ behavior: 'wait' })
    await page.getByText('The shop does not answer').waitFor({ state: 'detached' })
    expectNoComplaints(pages())
  },
  120_000,
)

/** All texts that the page shows as news from now on. */
async function notices(page: Page): Promise<string[]> {
  const said: string[] = []
  await page.exposeFunction('note', (text: string) => said.push(text))
  await page.evaluate(`
    new MutationObserver(() => {
      for (const { textContent } of document.querySelectorAll('[role=status]')) note(textContent)
    }).observe(document.body, { childList: true, subtree: true, characterData: true })
  `)
  return said
}

/** A page reads what is old when its reader comes back to it. */
async function readAgain(page: Page): Promise<void> {
  await page.evaluate(`window.dispatchEvent(new Event('visibilitychange'))`)
}
