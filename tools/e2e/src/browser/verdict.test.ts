import { eventually } from '@flash-sale/testing/eventually'
import { Redis } from 'ioredis'
import type { Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { browserTest, expectNoComplaints, useBrowserPages } from './browser.fixture.ts'
import { liveItem, shownStock } from './live-item.fixture.ts'

const pages = useBrowserPages({ ownPostgres: true })

/** On an idle machine it takes 5 s at most. This one is shared. */
const withinMs = 60_000
const well = /^All well/

/** Waits until the bar reads like this. Resolves with how long that took, in ms. */
async function reads(page: Page, text: RegExp): Promise<number> {
  const beganAtMs = performance.now()
  const bar = page.getByRole('region', { name: 'Verdict' })
  // Numbers and their units are joined by a space that does not break.
  const read = async () => (await bar.innerText()).replaceAll('\u00a0', ' ')
  await eventually(async () => expect(await read()).toMatch(text), {
    what: `the bar to read ${text}`,
    timeoutMs: withinMs,
  })
  return Math.round(performance.now() - beganAtMs)
}

/** Every verdict that the page shows from now on. */
async function watchVerdicts(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(`{
    const note = () => window.verdicts.add(document.querySelector('section [role=status]').textContent)
    window.verdicts = new Set()
    new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true })
    note()
  }`)
  return () => page.evaluate(`[...window.verdicts]`)
}

const iconOf = (page: Page): Promise<string> => page.evaluate(`document.querySelector('link[rel=icon]').href`)

async function place(prefix: string, itemId: number, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const placed = await pages()
      .buyer(`${prefix}-${i}`)
      .placeOrder({ itemId, quantity: 1 }, { idempotencyKey: `${prefix}-${i}` })
    expect(placed).toMatchObject({ ok: true })
  }
}

/** A sale that sells, on a page that reads that all is well. */
async function openWell(name: string): Promise<{ page: Page; itemId: number }> {
  const { item } = await pages().openSale({ name, total: 50 })
  await place(`${name}-first`, item.itemId, 3)
  const page = await pages().openOps()
  await reads(page, well)
  await eventually(async () => expect(await shownStock(liveItem(page, name))).toMatchObject({ confirmed: 3 }), {
    what: 'the first orders to be confirmed',
  })
  return { page, itemId: item.itemId }
}

browserTest(
  'a killed worker is the verdict until another one works, and stays in the list until it is dismissed',
  async ({ annotate }) => {
    const { page, itemId } = await openWell('Without a worker')
    const usualIcon = await iconOf(page)
    expect(await page.title()).toBe('Live · Flash Sale')
    await pages().killWorker()
    const saidMs = await reads(page, /^No worker for \d+ s: .*none is lost\. Start a worker\./)
    expect(await page.title()).toBe('✖ No worker · Live · Flash Sale')
    expect(await iconOf(page)).toMatch(/^data:image\/svg/)
    await place('waits', itemId, 4)
    await reads(page, /4 units wait to be saved, and none is lost/)
    await page.getByRole('row', { name: /Worker .* Silent for/ }).waitFor()

    await pages().startWorker()
    const goneMs = await reads(page, well)
    await annotate(`no worker: said after ${saidMs} ms, gone ${goneMs} ms after another one was ready`)
    expect(await page.title()).toBe('Live · Flash Sale')
    expect(await iconOf(page)).toBe(usualIcon)
    const dead = page.getByRole('row', { name: /Worker .* Silent for/ })
    await dead.getByRole('button', { name: 'Dismiss' }).click()
    await dead.waitFor({ state: 'detached' })
    expectNoComplaints(pages())
  },
  240_000,
)

browserTest(
  'a frozen Redis is the verdict: no missing ledger is claimed, and the last numbers stay, grey and with their age',
  async ({ annotate }) => {
    const { page } = await openWell('Frozen Redis')
    const item = liveItem(page, 'Frozen Redis')
    const before = await shownStock(item)
    const verdicts = await watchVerdicts(page)
    pages().redis.kill('SIGSTOP')
    onTestFinished(() => pages().redis.kill('SIGCONT'))
    const saidMs = await reads(page, /^Redis does not answer for \d+ s: orders are refused/)
    await page.getByRole('row', { name: /Redis Does not answer · for/ }).waitFor()
    await page
      .getByRole('row', { name: /Worker .* Not known/ })
      .first()
      .waitFor()
    await item.getByText('Not readable').waitFor()
    await item.getByText(/read at \d\d:\d\d:\d\d, .* ago/).waitFor()
    // The words of the large light stand on one line, of 35 px, and none of them is cut off.
    const light = page
      .getByRole('status')
      .filter({ hasText: /^Not readable/ })
      .locator('span')
      .first()
    expect((await light.boundingBox())!.height).toBeLessThan(50)
    expect(await light.evaluate((words) => words.scrollWidth - words.clientWidth)).toBe(0)
    await page
      .getByText(/\d+\ss old/)
      .first()
      .waitFor()
    expect(await shownStock(item)).toEqual(before)
    expect(await page.getByText('No ledger').count()).toBe(0)

    pages().redis.kill('SIGCONT')
    const goneMs = await reads(page, well)
    await annotate(`frozen Redis: said after ${saidMs} ms, gone after ${goneMs} ms`)
    expect((await verdicts()).filter((verdict) => /ledger|worker|process/i.test(verdict))).toEqual([])
    await item.getByText('Balanced').waitFor()
    expect(await shownStock(item)).toEqual(before)
    expectNoComplaints(pages())
  },
  240_000,
)

browserTest(
  'a frozen Postgres is the verdict, while orders are accepted and shown as the stores hold them',
  async ({ annotate }) => {
    const { page, itemId } = await openWell('Frozen Postgres')
    const item = liveItem(page, 'Frozen Postgres')
    const redis = new Redis(pages().redis.url)
    onTestFinished(() => redis.disconnect())
    const verdicts = await watchVerdicts(page)
    const postgres = pages().postgres!
    await postgres.freeze()
    onTestFinished(postgres.thaw)
    const saidMs = await reads(page, /^Postgres does not answer for \d+ s: orders are still accepted\./)
    await place('meanwhile', itemId, 5)
    await eventually(
      async () => expect(await shownStock(item)).toMatchObject({ available: 42, outbox: 5, confirmed: 3 }),
      { what: 'the orders to be shown as waiting' },
    )
    expect(await redis.hget(`{item:${itemId}}:ledger`, 'available')).toBe('42')
    await reads(page, /5 units wait to be saved, and none is lost/)
    await page.getByRole('row', { name: /Postgres Does not answer · for/ }).waitFor()
    expect(await page.getByText('No ledger').count()).toBe(0)

    postgres.thaw()
    const goneMs = await reads(page, well)
    await annotate(`frozen Postgres: said after ${saidMs} ms, gone after ${goneMs} ms`)
    expect((await verdicts()).filter((verdict) => /ledger|Redis/i.test(verdict))).toEqual([])
    await eventually(
      async () => expect(await shownStock(item)).toMatchObject({ available: 42, outbox: 0, confirmed: 8 }),
      { what: 'the orders to be confirmed' },
    )
    expectNoComplaints(pages())
  },
  240_000,
)

browserTest(
  'a killed API is the verdict of every page, with the age of the numbers, until it is back',
  async ({ annotate }) => {
    const { page } = await openWell('Killed API')
    await page.getByRole('link', { name: 'Audit trail' }).click()
    await pages().killApi()
    const saidMs = await reads(page, /^The connection to the service is lost for \d+ s: the numbers are from \d\d:/)
    expect(await page.title()).toContain('✖ The connection to the service is lost')
    await pages().startApi()
    const goneMs = await reads(page, well)
    await annotate(`killed API: said after ${saidMs} ms, gone ${goneMs} ms after it was ready`)
    expectNoComplaints(pages())
  },
  240_000,
)
