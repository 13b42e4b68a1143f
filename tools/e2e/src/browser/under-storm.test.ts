import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { blowStorm } from './blow-storm.fixture.ts'
import { browserTest, expectNoComplaints, useBrowserPages } from './browser.fixture.ts'
import { liveItem, shownStock } from './live-item.fixture.ts'

const pages = useBrowserPages()

/** STORM_MINUTES=10 is what a release should be tried with. */
const stormMs = process.env.STORM_MINUTES ? Number(process.env.STORM_MINUTES) * 60_000 : 15_000
const ordersPerSecond = 250
/** A press is answered within a tenth of a second, where the processor is not taken by somebody else; here the storm takes it. */
const lagMsMax = { p95: 200, longest: 2_000 }
const busyShareMax = 0.25
const elementsMax = 2_000
/** What a page holds more after the storm than in its first seconds: a few minutes of samples. */
const heapGrowthBytesMax = 12 * 1024 * 1024

browserTest(
  'the dashboard and the shop stay responsive, and no bigger than they were, while a storm blows',
  async ({ annotate }) => {
    const { item, sale } = await pages().openSale({ name: 'Storm', total: 9_000_000 })
    const ops = await pages().openOps()
    const shop = await pages().open(`/?sale=${sale.saleId}&buyer=onlooker`)
    const live = liveItem(ops, 'Storm')
    await live.waitFor()
    await shop.getByRole('button', { name: /^Buy now/ }).waitFor()
    const over = new AbortController()
    const { url } = pages()
    const storming = blowStorm({ url, itemId: item.itemId, ordersPerSecond, prefix: 'storm', signal: over.signal })
    // The first seconds fill what has a bound: charts, lists.
    await sleep(Math.min(5_000, stormMs / 3))
    const before = await Promise.all([ops, shop].map(sizeOf))
    await Promise.all([ops, shop].map(startMeasuring))
    const { confirmed } = await shownStock(live)

    await sleep(stormMs)
    const [opsLoad, shopLoad] = await Promise.all([ops, shop].map(readMeasures))
    const after = await Promise.all([ops, shop].map(sizeOf))
    expect((await shownStock(live)).confirmed - confirmed).toBeGreaterThan((ordersPerSecond * stormMs) / 1_000 / 5)
    over.abort()
    const { accepted } = await storming
    await annotate(
      JSON.stringify({ accepted, ops: [opsLoad, before[0], after[0]], shop: [shopLoad, before[1], after[1]] }),
    )

    for (const load of [opsLoad!, shopLoad!]) {
      expect(load.lagP95Ms).toBeLessThan(lagMsMax.p95)
      expect(load.lagMaxMs).toBeLessThan(lagMsMax.longest)
      expect(load.busyShare).toBeLessThan(busyShareMax)
    }
    for (const [i, size] of after.entries()) {
      expect(size.elements).toBeLessThan(elementsMax)
      expect(size.heapBytes - before[i]!.heapBytes).toBeLessThan(heapGrowthBytesMax)
    }
    expectNoComplaints(pages())
  },
  stormMs + 60_000,
)

interface Load {
  /** How much later than asked for a timer of the page ran, in ms: as long would a press have waited. */
  readonly lagP95Ms: number
  readonly lagMaxMs: number
  /** The part of the time that went to tasks of over 50 ms. */
  readonly busyShare: number
  readonly longTasks: number
}

async function startMeasuring(page: Page): Promise<void> {
  await page.evaluate(`{
    const measures = { lags: [], longMs: [], beganAt: performance.now() }
    window.measures = measures
    new PerformanceObserver((list) => measures.longMs.push(...list.getEntries().map((entry) => entry.duration)))
      .observe({ entryTypes: ['longtask'] })
    let due = performance.now() + 50
    setInterval(() => {
      const now = performance.now()
      measures.lags.push(Math.max(0, now - due))
      due = now + 50
    }, 50)
  }`)
}

async function readMeasures(page: Page): Promise<Load> {
  return page.evaluate(`(() => {
    const { lags, longMs, beganAt } = window.measures
    const sorted = lags.toSorted((a, b) => a - b)
    return {
      lagP95Ms: Math.round(sorted[Math.floor(sorted.length * 0.95)]),
      lagMaxMs: Math.round(sorted.at(-1)),
      busyShare: longMs.reduce((sum, ms) => sum + ms, 0) / (performance.now() - beganAt),
      longTasks: longMs.length,
    }
  })()`)
}

interface Size {
  readonly heapBytes: number
  readonly elements: number
}

/** What is alive in the page once the garbage is out. */
async function sizeOf(page: Page): Promise<Size> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('HeapProfiler.collectGarbage')
  const { usedSize } = await devtools.send('Runtime.getHeapUsage')
  await devtools.detach()
  return { heapBytes: usedSize, elements: await page.evaluate(`document.querySelectorAll('*').length`) }
}
