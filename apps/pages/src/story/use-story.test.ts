import { environmentManager, QueryClient, QueryObserver } from '@tanstack/react-query'
import { expect, onTestFinished, test, vi } from 'vitest'
import { storyQuery } from './use-story.ts'

const reading = { firstWithinMs: 0, everyMs: 2_000, everyMsMax: 10_000 }

/** A part of a page that tells the story of the sale. */
function tell(queries: QueryClient, saleId: number, delayMs: number) {
  const observer = new QueryObserver(queries, storyQuery(saleId, reading, delayMs))
  onTestFinished(observer.subscribe(() => undefined))
  return observer
}

test('all parts of a page that tell of a sale share one reading of its story, also when it is read again', async () => {
  vi.useFakeTimers()
  // Outside a browser nothing is read again by itself.
  environmentManager.setIsServer(() => false)
  const fetched = vi.fn(async () => Response.json({ saleId: 7 }))
  vi.stubGlobal('fetch', fetched)
  onTestFinished(() => {
    vi.unstubAllGlobals()
    vi.useRealTimers()
  })
  const queries = new QueryClient()
  const [first, second] = [tell(queries, 7, 10), tell(queries, 7, 20)]
  await vi.advanceTimersByTimeAsync(1_000)
  expect(fetched).toHaveBeenCalledTimes(1)
  expect([first, second].map((each) => each.getCurrentResult().data)).toEqual([{ saleId: 7 }, { saleId: 7 }])
  await vi.advanceTimersByTimeAsync(reading.everyMs)
  expect(fetched).toHaveBeenCalledTimes(2)
})
