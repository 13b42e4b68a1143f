import type { Page } from 'playwright-core'

/** Sets the size of letters that a reader chose in the browser's settings, which every `rem` of a page follows. */
export async function setReadersFontSize(page: Page, sizePx: number): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Page.setFontSizes', { fontSizes: { standard: sizePx, fixed: sizePx } })
  await session.detach()
}
