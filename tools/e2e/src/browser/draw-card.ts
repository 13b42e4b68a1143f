// Draws the card that other sites show for a link to the shop, from card.html into apps/pages/public/card.png.
import { fileURLToPath } from 'node:url'
import { findChromium } from '@flash-sale/local-stack/chromium/find-chromium'
import { takeNoArguments } from '@flash-sale/local-stack/console/read-flags'
import { launchBrowser } from './open-pages.fixture.ts'

const source = new URL('card.html', import.meta.url)
const target = fileURLToPath(new URL('../../../../apps/pages/public/card.png', import.meta.url))

takeNoArguments(`Draws the card of the shop, from tools/e2e/src/browser/card.html into apps/pages/public/card.png.

Usage: pnpm draw-card
`)
const chromium = await findChromium({ onProgress: (line) => console.log(line) })
if (chromium.kind === 'NOT_FOUND') {
  console.error(`No card: ${chromium.why}`)
  process.exitCode = 1
} else {
  const browser = await launchBrowser(chromium)
  try {
    const page = await browser.newPage({ viewport: { width: 1200, height: 630 } })
    await page.goto(source.href)
    await page.screenshot({ path: target })
    console.log(`Drawn into ${target}`)
  } finally {
    await browser.close()
  }
}
