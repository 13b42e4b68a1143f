import { duringTests } from './during-tests.ts'
import type { TestItem } from './create-test-item.ts'
import { createTestItem } from './create-test-item.ts'
import type { CheckOptions } from '@flash-sale/kit/history-checker'
import type { Answer, Violation } from '@flash-sale/kit/history'
import { openShop, type Shop, type ShopOptions } from './open-shop.ts'
import { openStores, type OpenStores } from './open-stores.ts'
import { judgeSale } from '@flash-sale/kit/judge-sale'
import { startTestStores, type TestStores } from './start-test-stores.ts'

/** Both stores of a test file and connections to them. */
export interface Bench {
  readonly testStores: TestStores
  readonly stores: OpenStores
  readonly close: () => Promise<void>
}

export async function setUpBench(): Promise<Bench> {
  const testStores = await startTestStores()
  const stores = openStores({ redisUrl: testStores.redis.url, databaseUrl: testStores.database.url })
  const close = async () => {
    await stores.close()
    await testStores.stop()
  }
  return { testStores, stores, close }
}

/** The stores of all tests of a file, with connections. Call it at the top of the file. */
export function withBench(): Bench {
  return duringTests(setUpBench, (bench) => bench.close())
}

/** One item, and everything that its clients were told. */
export interface TestSale {
  readonly itemId: number
  readonly history: Answer[]
  /** What one more API process would be, without HTTP. */
  readonly openShop: (options?: ShopOptions & { readonly stores?: OpenStores }) => Promise<Shop>
  readonly violations: (options?: CheckOptions) => Promise<Violation[]>
}

/** An item whose ledger is still missing: rebuild it to sell. */
export async function newSale({ testStores, stores }: Bench, item: TestItem): Promise<TestSale> {
  const databaseUrl = testStores.database.url
  const itemId = await createTestItem(databaseUrl, item)
  const history: Answer[] = []
  return {
    itemId,
    history,
    openShop: (options = {}) => openShop(options.stores ?? stores, itemId, history, options),
    violations: (options) => judgeSale({ itemId, history, redis: stores.redis, databaseUrl }, options),
  }
}
