import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { pauseBefore } from '@flash-sale/testing/pausable-stores'
import { storm } from '@flash-sale/kit/place-order'
import { newSale, withBench } from '@flash-sale/testing/test-sale'
import { expect, test } from 'vitest'
import { rebuildItem } from './rebuild-item.ts'

const bench = withBench()
const ifUnsound = { waitMs: 10_000, onlyIfUnsound: true }

/** Each question is a round trip for which an item stays closed, and the time of a core: 300 items may be lost at once. */
test('a small item that was lost is made anew with twelve questions to its stores, and a sound one is left with four', async () => {
  const sale = await newSale(bench, { total: 20, purchaseLimit: 2 })
  await rebuildItem(bench.stores, sale.itemId, ifUnsound)
  await storm([(await sale.openShop()).place], 6)
  await rebuildItem(bench.stores, sale.itemId, { ...ifUnsound, onlyIfUnsound: false })
  await bench.stores.redis.del(Object.values(ledgerKeys(sale.itemId)))
  const lost = pauseBefore(Number.POSITIVE_INFINITY, bench.stores)
  expect(await rebuildItem(lost.stores, sale.itemId, ifUnsound)).toMatchObject({ kind: 'REBUILT', available: 14 })
  expect(lost.askedCount()).toBeLessThanOrEqual(12)
  const sound = pauseBefore(Number.POSITIVE_INFINITY, bench.stores)
  expect(await rebuildItem(sound.stores, sale.itemId, ifUnsound)).toEqual({ kind: 'SOUND_ALREADY' })
  expect(sound.askedCount()).toBeLessThanOrEqual(4)
})
