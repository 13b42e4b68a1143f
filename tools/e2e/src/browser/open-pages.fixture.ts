import type { Chromium } from '@flash-sale/local-stack/chromium/find-chromium'
import {
  chromium as launcher,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core'
import type { PagesClient } from './pages-client.fixture.ts'

export interface OpenPages {
  /** Opens an address in a browser context of its own: somebody else's browser. */
  readonly open: (path: string, options?: BrowserContextOptions) => Promise<Page>
  /** The operators' pages, signed in. */
  readonly openOps: (path?: string, options?: BrowserContextOptions) => Promise<Page>
  /** What the pages complained of on their consoles, and what they threw. */
  readonly complaints: string[]
}

/** Nothing that a person does takes this long, also on a busy machine. */
const actWithinMs = 30_000

export function launchBrowser({ command, env }: Extract<Chromium, { kind: 'FOUND' }>): Promise<Browser> {
  return launcher.launch({
    executablePath: command,
    env: { ...process.env, ...env },
    // In containers we are root, where Chromium's own sandbox does not start; it sees nothing but our own pages.
    chromiumSandbox: false,
  })
}

/** How to open the pages of a service in a browser. `onContext` is told of each context, to close it. */
export function openPages(
  browser: Browser,
  { url, opsKey }: PagesClient,
  onContext: (context: BrowserContext) => void,
): OpenPages {
  const complaints: string[] = []
  const open = async (path: string, options: BrowserContextOptions = {}) => {
    const viewport = { width: 1280, height: 900 }
    const context = await browser.newContext({ baseURL: url, locale: 'en-GB', timezoneId: 'UTC', viewport, ...options })
    onContext(context)
    context.setDefaultTimeout(actWithinMs)
    const page = await context.newPage()
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('console', (message) => {
      // A service that is away is no fault of the page; the browser says so all the same.
      const isOfNetwork = message.text().startsWith('Failed to load resource')
      if (message.type() === 'error' && !isOfNetwork) complaints.push(message.text())
    })
    await page.goto(path)
    return page
  }
  const openOps = async (path = '/ops', options?: BrowserContextOptions) => {
    const page = await open('/ops', options)
    await page.evaluate(`sessionStorage.setItem('flashSale.opsKey', ${JSON.stringify(opsKey)})`)
    await page.goto(path)
    await page.locator('header nav').waitFor()
    return page
  }
  return { open, openOps, complaints }
}
