// Takes screenshots of every view in both languages and themes, on a desktop, a phone and a small phone, into .flash-sale/screenshots.
import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildPages } from '@flash-sale/local-stack/pages/build-pages'
import { findChromium } from '@flash-sale/local-stack/chromium/find-chromium'
import { takeNoArguments } from '@flash-sale/local-stack/console/read-flags'
import { createRunFolder } from '@flash-sale/local-stack/machine/run-folder'
import { startSimulatedPayments } from '@flash-sale/simulated-payments/start-simulated-payments'
import { startStack } from '@flash-sale/local-stack/start-stack'
import { testJwtSecret, testOpsKey } from '@flash-sale/testing/test-tokens'
import type { BrowserContext } from 'playwright-core'
import { blowStorm } from './blow-storm.fixture.ts'
import { launchBrowser, openPages } from './open-pages.fixture.ts'
import { pagesClient, type PagesClient } from './pages-client.fixture.ts'
import { furnish, openView, views } from './views.fixture.ts'

const folder = fileURLToPath(new URL('../../../../.flash-sale/screenshots/', import.meta.url))
const widths = {
  desk: { width: 1280, height: 900 },
  phone: { width: 390, height: 844 },
  small: { width: 320, height: 568 },
}
const languages = { en: 'en-GB', zh: 'zh-CN' }
const themes = ['light', 'dark'] as const
const onProgress = (line: string) => console.log(line)

takeNoArguments(`Draws every view in both languages, in both themes, on a desk, a phone and a small phone, into .flash-sale/screenshots.

Usage: pnpm screenshots
`)
const chromium = await findChromium({ onProgress })
const built = await buildPages({ onProgress })
if (chromium.kind === 'NOT_FOUND') console.error(`No screenshots: ${chromium.why}`)
else if (built.kind === 'FAILED') console.error(`No screenshots, since the pages cannot be built: ${built.why}`)
const run = await createRunFolder({ onProgress })
try {
  if (chromium.kind === 'NOT_FOUND' || built.kind === 'FAILED') process.exitCode = 1
  else await drawOnStack(chromium)
} catch (error) {
  console.error(`No screenshots: ${error instanceof Error ? error.message.split('\n', 1)[0] : String(error)}`)
  process.exitCode = 1
} finally {
  await run.remove()
}

async function drawOnStack(browserCommand: Parameters<typeof launchBrowser>[0]): Promise<void> {
  const payments = await startSimulatedPayments()
  const stack = await startStack({
    dataDir: run.path,
    recordPid: run.recordPid,
    env: {
      JWT_SECRET: testJwtSecret,
      OPS_KEY: testOpsKey,
      DEV_TOKENS: 'true',
      LOG_LEVEL: 'warn',
      PAYMENT_PROVIDER: 'simulated',
      SIMULATED_PAYMENTS_URL: payments.url,
      SIMULATED_PAYMENTS_SECRET: payments.secret,
      WEBHOOK_ALLOW_PRIVATE: 'true',
    },
    onProgress,
  })
  payments.tellTo(stack.api.url)
  const browser = await launchBrowser(browserCommand)
  const over = new AbortController()
  try {
    const client = pagesClient(stack.api.url)
    await furnish(client)
    const storming = keepSelling(client, over.signal)
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
    for (const [language, locale] of Object.entries(languages)) {
      for (const colorScheme of themes) {
        for (const [place, viewport] of Object.entries(widths)) {
          const contexts: BrowserContext[] = []
          const pages = openPages(browser, client, (context) => contexts.push(context))
          for (const view of views) {
            const page = await openView(view, pages, { locale, colorScheme, viewport, reducedMotion: 'reduce' })
            // Waits for later content: charts with some seconds, and confirmed orders.
            await page.waitForTimeout(700)
            const file = `${view.name}.${place}.${language}.${colorScheme}.png`
            await page.screenshot({ path: path.join(folder, file), fullPage: true })
            await contexts.pop()?.close()
          }
        }
      }
    }
    over.abort()
    await storming
    console.log(`Drawn into ${folder}`)
  } catch (error) {
    // Chromium reports this on a system without fonts.
    if (browser.isConnected()) throw error
    throw new Error('the browser ended. It needs a font, for example that of "apt-get install fonts-noto-cjk"', {
      cause: error,
    })
  } finally {
    over.abort()
    await browser.close()
    await stack.stop()
    await payments.close()
  }
}

/** A storm that sells nothing out before the last picture. */
async function keepSelling({ url, openSale }: PagesClient, signal: AbortSignal): Promise<void> {
  const { item } = await openSale({ name: '秋季新品：手工陶瓷杯', total: 20_000 })
  await blowStorm({ url, itemId: item.itemId, ordersPerSecond: 60, prefix: 'picture', signal })
}
