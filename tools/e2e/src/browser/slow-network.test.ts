import { createSale } from '@flash-sale/kit/open-sale'
import { expect } from 'vitest'
import { browserTest, expectNoComplaints, useBrowserPages } from './browser.fixture.ts'

const pages = useBrowserPages()

const hourMs = 3_600_000
/** Slow 3G: 400 kbit/s each way, 400 ms from a request to its answer. */
const slow3g = { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 }
const standsWithinMs = 4_000
const tries = 3

browserTest(
  'on slow 3G the name, the time and the button wait less than four seconds for the network',
  async () => {
    const items = [{ name: 'Lantern', total: 3, purchaseLimit: 1 }]
    const sale = await createSale(pages().ops, { name: 'Slow', items, opensInMs: hourMs, closesInMs: 2 * hourMs })
    // The time of this machine for the same view. Other work on the machine must not count as the network's.
    const ownMs = await bestViewMs(sale.saleId, undefined)
    const tookMs = await bestViewMs(sale.saleId, slow3g)
    console.log(`first view on slow 3G: ${Math.round(tookMs)} ms, without a network ${Math.round(ownMs)} ms`)
    expect(tookMs - ownMs).toBeLessThan(standsWithinMs)
    expect(tookMs - ownMs).toBeGreaterThan(slow3g.latency)
    expectNoComplaints(pages())
  },
  180_000,
)

async function bestViewMs(saleId: number, conditions: typeof slow3g | undefined): Promise<number> {
  const took: number[] = []
  for (let i = 0; i < tries; i += 1) took.push(await viewMs(saleId, conditions))
  return Math.min(...took)
}

/** From the address to the button, in a new browser context, which has nothing in its cache. */
async function viewMs(saleId: number, conditions: typeof slow3g | undefined): Promise<number> {
  const page = await pages().open('about:blank')
  const network = await page.context().newCDPSession(page)
  await network.send('Network.enable')
  if (conditions) await network.send('Network.emulateNetworkConditions', conditions)
  const startedAtMs = performance.now()
  await page.goto(`/?sale=${saleId}&buyer=far-away`, { waitUntil: 'commit' })
  await page.getByRole('heading', { name: 'Slow', level: 1 }).waitFor()
  await page.getByText('Opens in').waitFor()
  await page.getByRole('button', { name: 'Not open yet' }).waitFor()
  const tookMs = performance.now() - startedAtMs
  await page.context().close()
  return tookMs
}
