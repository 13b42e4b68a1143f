import type { Page } from 'playwright-core'

/** Sets the font size of the browser's settings. Every `rem` of a page follows it. */
export async function setReadersFontSize(page: Page, sizePx: number): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Page.setFontSizes', { fontSizes: { standard: sizePx, fixed: sizePx } })
  await session.detach()
}
