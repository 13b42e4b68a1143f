import { expect } from 'vitest'
import { browserTest, expectNoComplaints, useBrowserPages } from './browser.fixture.ts'

const pages = useBrowserPages()

browserTest(
  'the queue page opens in a new tab without the key, needs no other host, leads back, and signing out closes it',
  async () => {
    const ops = await pages().openOps('/ops/jobs')
    const hosts = new Set<string>()
    ops.context().on('request', (request) => hosts.add(new URL(request.url()).host))
    const opened = ops.context().waitForEvent('page')
    await ops.getByRole('button', { name: 'Open the queue page' }).click()
    const queue = await opened
    await queue.locator('header button[aria-haspopup=menu]').last().click()
    const back = queue.getByRole('menuitem', { name: 'Back to operations' })
    await back.waitFor()
    expect(await queue.evaluate('sessionStorage.getItem("flashSale.opsKey")')).toBeNull()
    expect([...hosts]).toEqual([new URL(pages().url).host])

    await ops.getByRole('button', { name: 'Sign out' }).click()
    await ops.getByLabel('Operators’ key').waitFor()
    await expect.poll(async () => (await queue.reload())?.status(), { timeout: 10_000 }).toBe(401)
    expectNoComplaints(pages())
  },
)
