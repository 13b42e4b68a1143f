import { expect, test } from 'vitest'
import { groupBySale } from './group-by-sale.ts'
import { liveItem } from './live-items.fixture.ts'
import { worstInvariant } from './worst-invariant.ts'

const at = (hour: number) => `2026-11-22T${hour}:00:00.000Z`

test('what sells comes first, the newest before others, then what is paused, then what comes soonest, and last what ended last', () => {
  const items = [
    liveItem({ itemId: 1, saleId: 1, state: 'closed', opensAt: at(10) }),
    liveItem({ itemId: 2, saleId: 2, state: 'scheduled', opensAt: at(20) }),
    liveItem({ itemId: 3, saleId: 3, state: 'open', opensAt: at(13) }),
    liveItem({ itemId: 8, saleId: 8, state: 'open', opensAt: at(14) }),
    liveItem({ itemId: 4, saleId: 4, state: 'scheduled', opensAt: at(15) }),
    liveItem({ itemId: 5, saleId: 5, state: 'closed', opensAt: at(12) }),
    liveItem({ itemId: 6, saleId: 6, state: 'paused' }),
    liveItem({ itemId: 7, saleId: 3, state: 'open', opensAt: at(13) }),
  ]
  const sales = groupBySale(items)
  expect(sales.map(({ saleId }) => saleId)).toEqual([8, 3, 6, 4, 2, 5, 1])
  expect(sales[1]?.items.map(({ itemId }) => itemId)).toEqual([3, 7])
})

test('one item that is broken is what the light shows, however many are well', () => {
  const items = [liveItem(), liveItem({ invariant: 'settling' }), liveItem({ invariant: 'broken' }), liveItem()]
  expect(worstInvariant(items)).toEqual({ invariant: 'broken', count: 1 })
  expect(worstInvariant([liveItem(), liveItem()])).toEqual({ invariant: 'balanced', count: 2 })
  expect(worstInvariant([])).toBeUndefined()
})
