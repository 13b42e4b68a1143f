import { afterEach, beforeEach, expect, test, vi } from 'vitest'

const sale = { saleId: 7, name: 'Lantern' }
const loaded = {
  type: 'navigate',
  transferSize: 1_000,
  requestStart: 1,
  responseStart: 2,
  serverTiming: [{ name: 'now', description: '1700000000000' }],
}

beforeEach(() => vi.resetModules())
afterEach(() => vi.unstubAllGlobals())

/** What the module makes of a page that holds this text and was loaded like this. */
async function firstViewOf(text: string, navigation: object) {
  vi.stubGlobal('document', { getElementById: () => ({ textContent: text }) })
  vi.spyOn(performance, 'getEntriesByType').mockReturnValue([navigation] as never)
  const { firstView } = await import('./first-view.ts')
  return firstView
}

test('the page takes the sales that came with it', async () => {
  const text = JSON.stringify({ wanted: null, sales: [sale] })
  expect(await firstViewOf(text, loaded)).toMatchObject({ wanted: null, sales: [sale] })
})

test('a browser that hides the header Server-Timing, as Firefox does over plain HTTP, starts without the first view', async () => {
  const { serverTiming: _hidden, ...withoutTiming } = loaded
  const text = JSON.stringify({ wanted: null, sales: [sale] })
  expect(await firstViewOf(text, withoutTiming)).toBeUndefined()
})

test('a page whose view cannot be read starts without the first view', async () => {
  expect(await firstViewOf('{"wanted":', loaded)).toBeUndefined()
})
