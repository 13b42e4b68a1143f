import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { eventually } from '@flash-sale/testing/eventually'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { browserTest, expectNoComplaints, useBrowserPages } from './browser.fixture.ts'
import { liveItem } from './live-item.fixture.ts'
import { furnish, openView, views } from './views.fixture.ts'

const pages = useBrowserPages()
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

browserTest('there is something to look at', async () => {
  await furnish(pages())
})

for (const view of views) {
  browserTest(
    `the view ${view.name} has no serious fault of accessibility, light or dark`,
    async () => {
      const page = await openView(view, pages(), { reducedMotion: 'reduce' })
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        expect(await faultsOf(page), colorScheme).toEqual([])
      }
      expectNoComplaints(pages())
    },
    120_000,
  )
}

browserTest(
  'a dialog takes the focus, keeps it, has no fault, and gives it back where it came from',
  async () => {
    const page = await pages().openOps()
    const restock = liveItem(page, 'Paper lanterns').getByRole('button', { name: 'Restock' })
    await restock.press('Enter')
    expect(await focused(page)).toBe('Units to add')
    // What is missing is where the reader is taken.
    await page.getByRole('dialog').getByRole('button', { name: 'Restock' }).click()
    await page.getByRole('dialog').locator('input[aria-invalid=true]:focus').waitFor()
    expect(await faultsOf(page), 'dialog').toEqual([])
    for (let press = 0; press < 6; press += 1) await page.keyboard.press('Tab')
    expect(
      await page.evaluate(`document.activeElement === document.body || !!document.activeElement.closest('dialog')`),
    ).toBe(true)
    await page.keyboard.press('Escape')
    expect(await focused(page)).toBe('Restock')

    const resume = page
      .getByRole('group', { name: 'Paper lanterns', exact: true })
      .getByRole('button', { name: 'Resume' })
    await resume.press('Enter')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByText('Done').waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await eventually(async () => expect(await focused(page)).toBe('Pause'), { what: 'the button that is Pause now' })
  },
  120_000,
)

browserTest('the form of a webhook endpoint has no serious fault of accessibility, light or dark', async () => {
  const page = await pages().openOps('/ops/webhooks', { reducedMotion: 'reduce' })
  await page.getByRole('button', { name: 'New endpoint' }).press('Enter')
  expect(await focused(page)).toBe('Address')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Create the endpoint' }).press('Enter')
  await dialog.locator('input[aria-invalid=true]:focus').waitFor()
  const noFaults = async (what: string) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await faultsOf(page), `${what}, ${colorScheme}`).toEqual([])
    }
  }
  await noFaults('form')
  await dialog.getByLabel('Address').fill('http://127.0.0.1:9/accessible')
  await page.keyboard.press('Enter')
  await dialog.getByText(/^whsec_/).waitFor()
  await noFaults('secret')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  expectNoComplaints(pages())
})

/** The name of what has the focus: its label, else its text. */
function focused(page: Page): Promise<string> {
  return page.evaluate(`document.activeElement.labels?.[0]?.textContent ?? document.activeElement.textContent`)
}

async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const { violations } = await page.evaluate<AxeResults>(`axe.run({ resultTypes: ['violations'] })`)
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
}
