// Draws the pictures of the READMEs into docs/pictures: the shop, the dashboard and the lab.
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Client } from '@flash-sale/contract/client'
import type { CreateSaleBody } from '@flash-sale/contract/ops'
import type { ItemView } from '@flash-sale/contract/sales'
import { buildPages } from '@flash-sale/local-stack/pages/build-pages'
import { findChromium } from '@flash-sale/local-stack/chromium/find-chromium'
import { takeNoArguments } from '@flash-sale/local-stack/console/read-flags'
import { createRunFolder } from '@flash-sale/local-stack/machine/run-folder'
import { startStack } from '@flash-sale/local-stack/start-stack'
import { testJwtSecret, testOpsKey } from '@flash-sale/testing/test-tokens'
import type { Browser } from 'playwright-core'
import { blowStorm } from './blow-storm.fixture.ts'
import { launchBrowser, openPages } from './open-pages.fixture.ts'
import { pagesClient, type PagesClient } from './pages-client.fixture.ts'

const root = new URL('../../../../', import.meta.url)
const pathOf = (name: string) => fileURLToPath(new URL(`docs/pictures/${name}.png`, root))
const labPage = new URL('tools/lab/results/latest.html', root).href
const onProgress = (line: string) => console.log(line)
const minuteMs = 60_000
/** The charts of the dashboard need some seconds of a storm. In ms. */
const stormMs = 18_000

takeNoArguments(`Draws the shop and the dashboard in a storm, and the lab's watchdog from tools/lab/results/latest.html, into docs/pictures.

Usage: pnpm draw-pictures
`)
const chromium = await findChromium({ onProgress })
const built = await buildPages({ onProgress })
if (chromium.kind === 'NOT_FOUND' || built.kind === 'FAILED') {
  console.error(`No pictures: ${chromium.kind === 'NOT_FOUND' ? chromium.why : 'the pages cannot be built.'}`)
  process.exitCode = 1
} else {
  const browser = await launchBrowser(chromium)
  try {
    await drawLab(browser)
    await drawStorm(browser)
  } finally {
    await browser.close()
  }
}

/** The strategy with a watchdog, as the last whole run of the lab tells it. */
async function drawLab(browser: Browser): Promise<void> {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 900 },
    deviceScaleFactor: 1.1,
    locale: 'en-GB',
  })
  await page.goto(labPage)
  await page.locator('#watchdog').screenshot({ path: pathOf('lab') })
  console.log(`Drawn: ${pathOf('lab')}`)
}

async function drawStorm(browser: Browser): Promise<void> {
  const run = await createRunFolder({ onProgress })
  const env = { JWT_SECRET: testJwtSecret, OPS_KEY: testOpsKey, DEV_TOKENS: 'true', LOG_LEVEL: 'error' }
  const stack = await startStack({ dataDir: run.path, recordPid: run.recordPid, env, onProgress })
  const over = new AbortController()
  try {
    const client = pagesClient(stack.api.url)
    const { saleId, itemId } = await openSales(client)
    const pages = openPages(browser, client, () => undefined)
    const calm = { reducedMotion: 'reduce' } as const
    const ops = await pages.openOps('/ops', calm)
    const shop = await pages.open(`/?sale=${saleId}&buyer=ann`, { ...calm, viewport: { width: 1120, height: 880 } })
    const buy = shop.getByRole('button', { name: /^Buy now/ })
    await buy.waitFor()
    const storming = blowStorm({
      url: client.url,
      itemId,
      ordersPerSecond: 80,
      prefix: 'crowd',
      signal: over.signal,
    })
    const refusing = orderTooMuch(client, itemId, over.signal)
    await sleep(stormMs)

    await buy.click()
    await shop.getByText(/^It is yours\. Order no\./).waitFor()
    // No button looks pointed at.
    await shop.mouse.move(0, 0)
    await sleep(500)
    await shop.screenshot({ path: pathOf('shop') })
    console.log(`Drawn: ${pathOf('shop')}`)
    await ops.getByRole('button', { name: '1 min' }).click()
    await sleep(1_500)
    await ops.screenshot({ path: pathOf('live') })
    console.log(`Drawn: ${pathOf('live')}`)
    over.abort()
    await Promise.all([storming, refusing])
  } finally {
    over.abort()
    await stack.stop()
    await run.remove()
  }
}

/** A sale that opens later, and one that is open. Returns the item of the open one. */
async function openSales({ ops }: PagesClient): Promise<ItemView> {
  const cup = { name: 'Stoneware cup', sku: 'CUP-01', total: 800, priceCents: 3_200, purchaseLimit: 1 }
  await createSale(ops, 'Morning drop', 49 * minuteMs, cup)
  const lamp = { name: 'Paper lamp, hand-folded', sku: 'LAMP-01', total: 9_000, priceCents: 8_900, purchaseLimit: 2 }
  return createSale(ops, 'Midnight drop', -1_000, lamp)
}

async function createSale(
  ops: Client,
  name: string,
  opensInMs: number,
  item: CreateSaleBody['items'][number],
): Promise<ItemView> {
  const opensAtMs = Date.now() + opensInMs
  const created = await ops.createSale({
    name,
    opensAt: new Date(opensAtMs).toISOString(),
    closesAt: new Date(opensAtMs + 30 * minuteMs).toISOString(),
    currency: 'EUR',
    items: [item],
  })
  const [made] = created.ok ? created.value.items : []
  if (!made) throw new Error(`the sale ${name} was not created: ${JSON.stringify(created)}`)
  return made
}

/** One buyer orders again and again, so that the charts show refusals. */
async function orderTooMuch({ buyer }: PagesClient, itemId: number, signal: AbortSignal): Promise<void> {
  const greedy = buyer('greedy')
  while (!signal.aborted) {
    await greedy.placeOrder({ itemId, quantity: 1 }, { idempotencyKey: crypto.randomUUID() })
    await sleep(100)
  }
}
