import { newSale, withBench } from '@flash-sale/testing/test-sale'
import { expect, test } from 'vitest'
import { holdItem } from './hold-item.ts'

const bench = withBench()

test('a Redis that does not answer is not waited for as long as another holder would be', async () => {
  const { itemId } = await newSale(bench, { total: 1, purchaseLimit: 1 })
  const { redis } = bench.testStores
  redis.kill('SIGSTOP')
  try {
    const held = holdItem(bench.stores, itemId, 'state change', 3_600_000, async () => 'held')
    await expect(held).rejects.toThrow(/did not answer .*within 2000 ms/)
  } finally {
    redis.kill('SIGCONT')
  }
})
