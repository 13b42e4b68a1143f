import type { Locator, Page } from 'playwright-core'

export interface ShownStock {
  readonly total: number
  readonly available: number
  readonly outbox: number
  readonly confirmed: number
  readonly paid: number
}

/** An item on the operators' live page. */
export function liveItem(page: Page, name: string): Locator {
  return page.getByRole('article', { name, exact: true })
}

/** The numbers of the stock bar, from its English text for screen readers. */
export async function shownStock(item: Locator): Promise<ShownStock> {
  const label = (await item.getByRole('img').first().getAttribute('aria-label')) ?? ''
  const unitsOf = (name: string) => Number(label.match(new RegExp(`${name} ([\\d,]+)`))?.[1]?.replaceAll(',', ''))
  return {
    total: unitsOf('Stock of'),
    available: unitsOf('Available'),
    outbox: unitsOf('Not yet saved'),
    confirmed: unitsOf('Confirmed'),
    // Shown only when something is paid.
    paid: label.includes('Paid') ? unitsOf('Paid') : 0,
  }
}
