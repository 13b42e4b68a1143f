import { expect } from 'vitest'
import { browserTest, expectNoComplaints, useBrowserPages } from './browser.fixture.ts'

const pages = useBrowserPages()

const bytesMax = 120_000
const filesMax = 6

browserTest(
  'the first view of the shop needs at most 120 kB and 6 files, each compressed and kept for good',
  async () => {
    await pages().openSale({ name: 'Lantern', total: 10 })
    const page = await pages().open('about:blank')
    const files: { path: string; bytes: number; headers: Record<string, string> }[] = []
    const reading: Promise<unknown>[] = []
    page.on('requestfinished', (request) => {
      const { pathname } = new URL(request.url())
      if (pathname.startsWith('/v1/')) return
      const read = async () => {
        const [{ responseBodySize }, answer] = await Promise.all([request.sizes(), request.response()])
        files.push({ path: pathname, bytes: responseBodySize, headers: (await answer?.allHeaders()) ?? {} })
      }
      reading.push(read())
    })
    await page.goto('/?buyer=ann')
    await page.getByRole('button', { name: /^Buy now/ }).waitFor()
    await Promise.all(reading)

    console.log(files.map(({ path, bytes }) => `${path} ${bytes} bytes`).join(', '))
    expect(files.length).toBeGreaterThan(2)
    expect(files.length).toBeLessThanOrEqual(filesMax)
    expect(files.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(bytesMax)
    for (const { path, headers } of files.filter((file) => file.path.startsWith('/assets/'))) {
      expect(headers['cache-control'], path).toContain('immutable')
      expect(headers['content-encoding'], path).toMatch(/^(?:br|gzip)$/)
    }
    expectNoComplaints(pages())
  },
)

browserTest(
  'the first words stand in the page before any script, and without scripts the page says what it needs',
  async () => {
    const page = await pages().open('/', { javaScriptEnabled: false })
    // The name of the sale, if the stores told it in time.
    await page.getByRole('heading', { level: 1, name: /Lantern|Flash Sale/ }).waitFor()
    await page.locator('noscript p').waitFor()
    for (const name of ['description', 'theme-color', 'twitter:card', 'twitter:image']) {
      expect(await page.locator(`meta[name="${name}"]`).first().getAttribute('content')).not.toBe('')
    }
    const card = await page.locator('meta[property="og:image"]').getAttribute('content')
    const picture = await fetch(new URL(card!, pages().url))
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/png'])
    const manifest = await page.locator('link[rel=manifest]').getAttribute('href')
    const answer = await fetch(new URL(manifest!, pages().url))
    expect(await answer.json()).toMatchObject({ name: 'Flash Sale', start_url: '/' })
  },
)
