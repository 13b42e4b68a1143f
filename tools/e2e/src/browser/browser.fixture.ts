import path from 'node:path'
import { buildPages } from '@flash-sale/local-stack/pages/build-pages'
import { findChromium } from '@flash-sale/local-stack/chromium/find-chromium'
import { onceInRun } from '@flash-sale/testing/once-in-run'
import { provided } from '@flash-sale/testing/provided'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { launchBrowser, openPages, type OpenPages } from './open-pages.fixture.ts'
import { startPagesService, type PagesService, type PagesServiceOptions } from './pages-service.fixture.ts'
import { layTestFonts } from './test-fonts.fixture.ts'

const onProgress = (line: string) => console.log(line)

const chromium = await onceInRun(
  'chromium',
  async () => {
    const found = await findChromium({ onProgress })
    if (found.kind === 'NOT_FOUND') onProgress(`The tests in a browser are skipped: ${found.why}`)
    return found
  },
  { waitMs: 300_000 },
)

/** A test in a real browser. It is skipped if there is no browser and none can be fetched; the reason is printed once in a run. */
export const browserTest = test.skipIf(chromium.kind === 'NOT_FOUND')

/** A service with its pages, and a browser to open them in. */
export type BrowserPages = PagesService & OpenPages

export interface BrowserPagesOptions extends Omit<PagesServiceOptions, 'env'> {
  /** Settings of the API, asked for when the tests begin. */
  readonly env?: () => Readonly<Record<string, string>>
}

/**
 * The pages as they are in production, in one browser with the tests' own fonts for all tests of a file. Call it at the top of the file.
 */
export function useBrowserPages({ env = () => ({}), ...options }: BrowserPagesOptions = {}): () => BrowserPages {
  let browser: Browser | undefined
  let service: PagesService | undefined
  let pages: BrowserPages | undefined
  beforeAll(async () => {
    if (chromium.kind === 'NOT_FOUND') return
    const built = await onceInRun('pages', () => buildPages({ onProgress }), { waitMs: 120_000 })
    if (built.kind === 'FAILED') throw new Error(`the pages cannot be built: ${built.why}`)
    service = await startPagesService({ ...options, env: env() })
    const fonts = await onceInRun('fonts', () => layTestFonts(path.join(provided('runFolder'), 'fonts')), {
      waitMs: 60_000,
    })
    browser = await launchBrowser({ ...chromium, env: { ...chromium.env, ...fonts } })
    const opened = openPages(browser, service, (context) => onTestFinished(() => context.close()))
    pages = { ...service, ...opened }
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await service?.stop()
  })
  return () => {
    if (!pages) throw new Error('the pages are there in tests, not before')
    return pages
  }
}

/** Fails with the pages' own messages if one of them reported an error. */
export function expectNoComplaints({ complaints }: OpenPages): void {
  expect(complaints.splice(0)).toEqual([])
}
