import { AuditTrail } from '@flash-sale/contract/audit-trail'
import { SaleView } from '@flash-sale/contract/sales'
import { testOpsKey } from '@flash-sale/testing/test-tokens'
import { eventually } from '@flash-sale/testing/eventually'
import { startFaultProxy, type FaultProxy } from '@flash-sale/testing/fault-proxy'
import { startTestStores, type TestStores } from '@flash-sale/testing/start-test-stores'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { startTestApi, type TestApi } from '../testing/start-test-api.fixture.ts'

let stores: TestStores
let proxy: FaultProxy
let api: TestApi

beforeAll(async () => {
  stores = await startTestStores()
  proxy = await startFaultProxy(stores.redis.port)
  const through = new URL(stores.redis.url)
  through.port = String(proxy.port)
  api = await startTestApi(stores, { redisUrl: through.href })
})
afterAll(async () => {
  proxy?.passAll()
  proxy?.accept()
  await api?.close()
  await proxy?.close()
  await stores?.stop()
})

const stateOf = async (saleId: number) =>
  (await api.stores.database.sale.findUniqueOrThrow({ where: { id: saleId } })).state

test.each([
  ['pause', 'paused', 'refuses connections', 'refuse'],
  ['close', 'closed', 'is silent', 'holdReplies'],
] as const)(
  'while Redis is away the %s of a sale with a key sets it to %s at once: Redis %s',
  async (...given) => {
    const [action, state, , fail] = given
    const { saleId } = await api.createSale()
    const path = `/v1/ops/sales/${saleId}/${action}`
    const key = `${action} while Redis is away`
    proxy[fail]()
    let isAnswered = false
    const sent = api.operate(path, undefined, key).finally(() => (isAnswered = true))
    await eventually(async () => (await stateOf(saleId)) === state, { what: `the sale to be ${state}` })
    // The answer waits for Redis; what is stored does not.
    expect(isAnswered).toBe(false)
    expectProblem(await sent, 'UNAVAILABLE')

    proxy.accept()
    proxy.passAll()
    await eventually(
      async () => expect(expectSuccess(await api.operate(path, undefined, key), 200, SaleView).state).toBe(state),
      { what: 'the same act to be completed', timeoutMs: 20_000 },
    )
    const trail = await api.get(`/v1/ops/audit-events?saleId=${saleId}`, testOpsKey)
    expect(expectSuccess(trail, 200, AuditTrail).events.map((event) => event.action)).toEqual([action, 'create'])
  },
  120_000,
)
