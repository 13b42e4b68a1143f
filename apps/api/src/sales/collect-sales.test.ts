import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { expect, test, vi } from 'vitest'
import { withApi } from '../testing/start-test-api.fixture.ts'
import * as viewing from './view-sale.ts'
import { createSalesCollector } from './collect-sales.ts'

vi.mock('./view-sale.ts', { spy: true })

const api = withApi({ stores: withTestStores() })

/** Enough collections for Postgres to be asked in one of them. */
const collectionCount = 8

test('a sale that ended while its stock could not be read is told as ended afterwards, once', async () => {
  const { saleId } = await api.createSale()
  const collect = createSalesCollector(api.context)
  expect((await collect()).sales).toMatchObject([{ saleId }])
  await api.operate(`/v1/ops/sales/${saleId}/close`)
  const view = vi.mocked(viewing.viewSales).mockRejectedValue(new Error('Redis is away'))
  for (let i = 0; i < collectionCount; i += 1) await expect(collect()).rejects.toThrow('Redis is away')
  view.mockRestore()
  const ended: number[] = []
  for (let i = 0; i < collectionCount; i += 1) ended.push(...(await collect()).ended.map((sale) => sale.saleId))
  expect(ended).toEqual([saleId])
})
