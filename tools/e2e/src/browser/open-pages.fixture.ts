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
  /** Opens an address in a new browser context, like another person's browser. */
  readonly open: (path: string, options?: BrowserContextOptions) => Promise<Page>
  /** The operators' pages, signed in. */
  readonly openOps: (path?: string, options?: BrowserContextOptions) => Promise<Page>
  /** The errors on the pages' consoles, and the errors that they threw. */
  readonly complaints: string[]
}

/** The name under which the browser also finds this machine. A page over plain HTTP at this name is no secure context, as in a local network. */
export const insecureHost = 'shop.test'

/** Longer than any action of a person takes, even on a busy machine. */
const actWithinMs = 30_000

/** The beginnings of errors that are no fault of the page: the service is away, or the page is open over plain HTTP. */
const noFaults = ['Failed to load resource', 'The Cross-Origin-Opener-Policy header has been ignored']

export function launchBrowser({ command, env }: Extract<Chromium, { kind: 'FOUND' }>): Promise<Browser> {
  return launcher.launch({
    executablePath: command,
    env: { ...process.env, ...env },
    args: [`--host-resolver-rules=MAP ${insecureHost} 127.0.0.1`],
    // Root in a container cannot start Chromium's sandbox. The browser sees only our own pages.
    chromiumSandbox: false,
  })
}

/** Opens the pages of a service in a browser. Calls `onContext` with each context, so that the caller closes it. */
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
      const isFault = !noFaults.some((beginning) => message.text().startsWith(beginning))
      if (message.type() === 'error' && isFault) complaints.push(message.text())
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
