import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createClient } from '@flash-sale/contract/client'
import type { App } from '@flash-sale/local-stack/apps/start-app'
import { eventually } from '@flash-sale/testing/eventually'
import { startTestProcess } from '@flash-sale/testing/start-test-process'
import { slow } from '@flash-sale/testing/start-service'
import { startSteadyClients } from '@flash-sale/testing/steady-clients'
import { startTestStores, type TestStores } from '@flash-sale/testing/start-test-stores'
import { buyerToken, testOpsKey } from '@flash-sale/testing/test-tokens'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createBalancer } from './balance-connections.ts'
import type { ApiAddress } from './find-apis.ts'
import { watchReadiness } from './watch-readiness.ts'

const addressOf = ({ url }: App): ApiAddress => ({ host: '127.0.0.1', port: Number(new URL(url).port) })

async function startApi(stores: TestStores): Promise<App> {
  // Longer than the balancer takes to see it.
  const app = await startTestProcess('api', stores, { env: { SHUTDOWN_DELAY_MS: '2500' } })
  onTestFinished(async () => {
    app.kill('SIGKILL')
    await app.exited
  })
  return app
}

/** A balancer in front of whatever `apis` holds at the time. */
async function startBalancer(apis: readonly App[]) {
  const findApis = () => Promise.resolve(apis.map(addressOf))
  const { isReady, stop } = watchReadiness(findApis)
  const balancer = createBalancer({ findApis, isReady, logger: { warn: vi.fn() } }).listen(0, '127.0.0.1')
  onTestFinished(() => {
    stop()
    balancer.close()
  })
  await once(balancer, 'listening')
  return {
    url: `http://127.0.0.1:${(balancer.address() as AddressInfo).port}`,
    isReady: (app: App) => isReady(addressOf(app)),
  }
}

async function openSale(url: string): Promise<number> {
  const created = await createClient({ baseUrl: url, opsKey: testOpsKey }).createSale({
    name: 'Sale',
    opensAt: new Date(Date.now() - 1_000).toISOString(),
    closesAt: new Date(Date.now() + 3_600_000).toISOString(),
    items: [{ sku: 'SKU', name: 'Item', priceCents: 100, total: 100, purchaseLimit: 2 }],
  })
  if (!created.ok) throw new Error(created.problem.detail)
  return created.value.items[0]!.itemId
}

test(
  'two API processes are restarted in turn behind it, and no request of 40 clients is lost or refused',
  slow,
  async () => {
    const stores = await startTestStores()
    onTestFinished(stores.stop)
    const apis = [await startApi(stores), await startApi(stores)]
    const { url, isReady } = await startBalancer(apis)
    const authorization = `Bearer ${buyerToken('ann')}`
    const request = {
      url: `${url}/v1/orders`,
      method: 'POST',
      headers: () => ({ authorization, 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
      body: JSON.stringify({ itemId: await openSale(url), quantity: 1 }),
      count: 20,
    } as const
    const clients = [true, false].map((keepAlive) => startSteadyClients({ ...request, keepAlive }))
    for (const [at, app] of apis.entries()) {
      await eventually(() => apis.every(isReady), { what: 'both to be ready' })
      app.kill('SIGTERM')
      expect(await app.exited).toEqual({ code: 0, signal: null })
      apis[at] = await startApi(stores)
    }
    await Promise.all(clients.map(({ stop }) => stop()))
    for (const { answered, lost, refusedCount } of clients) {
      expect({ lost: Object.fromEntries(lost), refusedCount }).toEqual({ lost: {}, refusedCount: 0 })
      // Two units for the one buyer, then the purchase limit; an API that stops sheds nothing either.
      expect([...answered.keys()].filter((status) => status !== 202 && status !== 409)).toEqual([])
      expect(answered.get(409)).toBeGreaterThan(200)
    }
  },
)
