import type { SaleView } from '@flash-sale/contract/sales'
import { eventually } from '@flash-sale/testing/eventually'
import { silentLogger } from '@flash-sale/testing/open-stores'
import { expect, onTestFinished, test } from 'vitest'
import type { ApiContext } from '../api-context.ts'
import { collected, saleOf } from './collected-sales.fixture.ts'
import { createHeadStart, headStartMs } from './head-start.ts'
import { createSalesBroadcast } from './sales-broadcast.ts'

/** A broadcast of what the test says, by a clock that the test sets. */
function broadcastOf(...initial: readonly SaleView[]) {
  let [sales, nowMs, collectionCount] = [initial, 0, 0]
  const headStart = createHeadStart(() => nowMs)
  const broadcast = createSalesBroadcast({} as ApiContext, headStart, silentLogger, () => async () => {
    collectionCount += 1
    return collected(sales)
  })
  onTestFinished(broadcast.close)
  return {
    broadcast,
    pass: (ms: number) => void (nowMs += ms),
    /** Resolves when the sales were collected so. */
    becomes: async (...next: readonly SaleView[]) => {
      sales = next
      const before = collectionCount
      await eventually(() => collectionCount > before, { what: 'a collection' })
    },
    /** What a listener knows of the units of item 10, each time that it hears of them. */
    hear: async (first?: readonly number[]): Promise<number[]> => {
      const units: number[] = []
      const take = (event: Buffer) => {
        const data = event.toString().matchAll(/(?:"10":|"itemId":10,.*?"available":)(\d+)/g)
        units.push(...[...data].map(([, count]) => Number(count)).slice(-1))
      }
      take(await broadcast.firstEvent(first))
      onTestFinished(broadcast.listen(({ changes }) => take(changes), first))
      return units
    },
  }
}

test('those who asked hear of returned units first, the others after the head start, and who asks meanwhile at once', async () => {
  const { becomes, hear, pass } = broadcastOf(saleOf(1, 0))
  const [asked, askedOther, others] = [await hear([10]), await hear([20]), await hear()]
  await becomes(saleOf(1, 2))
  expect([asked, askedOther, others]).toEqual([[0, 2], [0], [0]])
  expect(await hear([10])).toEqual([2])
  expect(await hear()).toEqual([0])
  pass(headStartMs)
  await becomes(saleOf(1, 2))
  expect([asked.at(-1), askedOther, others]).toEqual([2, [0, 2], [0, 2]])
  expect(await hear()).toEqual([2])
})

/** Listeners to whom telling a number takes some seconds, since it may take only a small part of the process. */
function crowd({ listen }: ReturnType<typeof createSalesBroadcast>): void {
  const busyMs = 2
  for (let n = 0; n < 40; n += 1) {
    const leave = listen(() => {
      const untilMs = performance.now() + busyMs
      while (performance.now() < untilMs);
    })
    onTestFinished(leave)
  }
}

test('units that come back while a crowd is being told a number have their whole head start when that is done', async () => {
  const { broadcast, becomes, hear, pass } = broadcastOf(saleOf(2, 9), saleOf(1, 0))
  const [asked, others] = [await hear([10]), await hear()]
  crowd(broadcast)
  await becomes(saleOf(2, 8), saleOf(1, 0))
  await becomes(saleOf(2, 8), saleOf(1, 3))
  pass(headStartMs)
  await eventually(() => asked.includes(3), { what: 'those who asked to be told' })
  expect(others).toEqual([0])
  pass(headStartMs)
  await eventually(() => others.includes(3), { what: 'the others to be told' })
})

test('units that those who asked have taken are gone for them, and never there for the others', async () => {
  const { becomes, hear, pass } = broadcastOf(saleOf(1, 0))
  const [asked, others] = [await hear([10]), await hear()]
  await becomes(saleOf(1, 1))
  await becomes(saleOf(1, 0))
  pass(headStartMs)
  await becomes(saleOf(1, 0))
  expect([asked, others]).toEqual([[0, 1, 0], [0]])
})

test('a pause in the head start takes the units back from those who heard, and gives them a head start when the sale goes on', async () => {
  const { becomes, hear, pass } = broadcastOf(saleOf(1, 0))
  const [asked, others] = [await hear([10]), await hear()]
  await becomes(saleOf(1, 1))
  await becomes(saleOf(1, 1, { state: 'paused' }))
  pass(headStartMs)
  await becomes(saleOf(1, 1))
  expect([asked, others]).toEqual([
    [0, 1, 0, 1],
    [0, 0, 0],
  ])
  pass(headStartMs)
  await becomes(saleOf(1, 1))
  expect([asked.at(-1), others.at(-1)]).toEqual([1, 1])
})
