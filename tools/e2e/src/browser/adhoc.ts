import { mkdir } from 'node:fs/promises'
import { findChromium } from '@flash-sale/local-stack/chromium/find-chromium'
import { createRunFolder } from '@flash-sale/local-stack/machine/run-folder'
import { startStack } from '@flash-sale/local-stack/start-stack'
import { createSale } from '@flash-sale/kit/open-sale'
import { testJwtSecret, testOpsKey } from '@flash-sale/testing/test-tokens'
import { blowStorm } from './blow-storm.fixture.ts'
import { launchBrowser, openPages } from './open-pages.fixture.ts'
import { pagesClient } from './pages-client.fixture.ts'
const out = '/tmp/drop-shots/'
await mkdir(out, { recursive: true })
const chromium = await findChromium({ onProgress: console.log })
const run = await createRunFolder({ onProgress: console.log })
const stack = await startStack({
  dataDir: run.path,
  recordPid: run.recordPid,
  env: { JWT_SECRET: testJwtSecret, OPS_KEY: testOpsKey, DEV_TOKENS: 'true', LOG_LEVEL: 'warn' },
  onProgress: console.log,
})
const browser = await launchBrowser(chromium as never)
try {
  const client = pagesClient(stack.api.url)
  const pages = openPages(browser, client, () => {})
  const H = 3_600_000
  await createSale(client.ops, {
    name: '冬季新品：手工陶瓷杯',
    items: [{ name: '陶瓷杯', total: 500, purchaseLimit: 2 }],
    opensInMs: 8 * 60_000,
    closesInMs: 2 * H,
  })
  const { sale, item } = await client.openSale({ name: 'Midnight drop: the lamp', total: 600, purchaseLimit: 1 })
  const storming = blowStorm({ url: stack.api.url, itemId: item.itemId, ordersPerSecond: 30, prefix: 's', count: 900 })
  const vp = {
    w320: { width: 320, height: 640 },
    w390: { width: 390, height: 844 },
    w1280: { width: 1280, height: 800 },
    wall: { width: 1920, height: 1080 },
  }
  const shot = async (
    name: string,
    path: string,
    ops: boolean,
    v: keyof typeof vp,
    locale: string,
    colorScheme: 'light' | 'dark',
    act?: (p: any) => Promise<void>,
  ) => {
    const page = await (ops ? pages.openOps : pages.open)(path, {
      viewport: vp[v],
      locale,
      colorScheme,
      reducedMotion: 'reduce',
    })
    await page.waitForTimeout(3500)
    await act?.(page).catch((e) => console.log(String(e)))
    await page.screenshot({ path: `${out}${name}.${v}.${locale}.${colorScheme}.png`, fullPage: true })
    await page.context().close()
  }
  const p = `/?sale=${sale.saleId}&buyer=viewer`
  await shot('storm-shop', p, false, 'w390', 'en-GB', 'light')
  await shot('storm-ops', '/ops', true, 'w1280', 'en-GB', 'light')
  await shot('storm-shop', p, false, 'w320', 'zh-CN', 'dark')
  await storming
  await new Promise((r) => setTimeout(r, 4000))
  await client.ops.restockItem(item.itemId, { units: 40 })
  await blowStorm({ url: stack.api.url, itemId: item.itemId, ordersPerSecond: 30, prefix: 't', count: 80 })
  await new Promise((r) => setTimeout(r, 5000))
  const since = async (pg: any) => {
    await pg.locator('button', { hasText: /Since opening|开售至今/ }).click()
    await pg.waitForTimeout(3500)
  }
  const more = async (pg: any) => {
    await pg.waitForTimeout(5000)
  }
  await shot('story-shop', p, false, 'w390', 'en-GB', 'light', more)
  await shot('story-shop', p, false, 'w320', 'zh-CN', 'dark', more)
  await shot('story-shop', p, false, 'w1280', 'zh-CN', 'light', more)
  await shot('story-ops', '/ops', true, 'w1280', 'en-GB', 'dark', since)
  await shot('story-ops', '/ops', true, 'w1280', 'zh-CN', 'light', since)
  await shot('story-ops', '/ops', true, 'w320', 'en-GB', 'light', since)
  await shot('story-ops', '/ops', true, 'w390', 'zh-CN', 'dark', since)
  await shot('story-ops', '/ops', true, 'wall', 'en-GB', 'dark', since)
  console.log('complaints', pages.complaints)
} finally {
  await browser.close()
  await stack.stop()
  await run.remove()
}
