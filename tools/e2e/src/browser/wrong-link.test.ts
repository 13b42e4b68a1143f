import { expect } from 'vitest'
import { browserTest, expectNoComplaints, useBrowserPages } from './browser.fixture.ts'

const pages = useBrowserPages()

browserTest('a link to a sale that does not exist says so, and leads to the shop', async () => {
  await pages().openSale({ name: 'Lantern', total: 10 })
  for (const sale of ['9999', '99999999999', 'lantern', '']) {
    const page = await pages().open(`/?sale=${sale}`)
    await page.getByText('There is no such sale').waitFor()
    expect(await page.getByRole('heading', { name: 'Lantern' }).count()).toBe(0)
    await page.getByRole('link', { name: 'To the shop' }).click()
    await page.getByRole('heading', { level: 1, name: 'Lantern' }).waitFor()
  }
  expectNoComplaints(pages())
})

browserTest('a link to nothing is a page that says so, and leads to the shop', async () => {
  const page = await pages().open('/nothing')
  await page.getByText('There is no such page').waitFor()
  expect(await page.title()).toBe('There is no such page')
  // A buyer has nothing to do there.
  expect(await page.getByRole('link', { name: 'To operations' }).count()).toBe(0)
  await page.getByRole('link', { name: 'To the shop' }).click()
  await page.getByText('Flash Sale').first().waitFor()
  expectNoComplaints(pages())
})
