import { randomUUID } from 'node:crypto'
import { createClient } from '@flash-sale/contract/client'
import type { App } from '@flash-sale/local-stack/apps/start-app'
import { eventually } from '@flash-sale/testing/eventually'
import { startTestProcess } from '@flash-sale/testing/start-test-process'
import { slow } from '@flash-sale/testing/start-service'
import { startSteadyClients } from '@flash-sale/testing/steady-clients'
import { startTestStores, type TestStores } from '@flash-sale/testing/start-test-stores'
import { buyerToken, testOpsKey } from '@flash-sale/testing/test-tokens'
import getPort from 'get-port'
import { expect, onTestFinished } from 'vitest'
import { startHaproxy, testThroughHaproxy } from './haproxy.fixture.ts'

/** As in docker-compose.yml. */
const SHUTDOWN_DELAY_MS = '2000'

/** Each process that is started gets an address of its own, as containers do; the port is the same. */
async function startApi(stores: TestStores, HOST: string, PORT: string): Promise<App> {
  const app = await startTestProcess('api', stores, { env: { HOST, PORT, SHUTDOWN_DELAY_MS } })
  onTestFinished(async () => {
    app.kill('SIGKILL')
    await app.exited
  })
  return app
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

testThroughHaproxy(
  'two API processes are restarted in turn behind HAProxy, and no request of 40 clients is lost or refused',
  slow,
  async () => {
    const stores = await startTestStores()
    onTestFinished(stores.stop)
    const port = await getPort({ host: '127.0.0.1' })
    const addresses = ['127.0.0.2', '127.0.0.3']
    const start = (address: string) => startApi(stores, address, String(port))
    const apis = await Promise.all(addresses.map(start))
    const { url, readyCount } = await startHaproxy(() => addresses, port)
    await eventually(readyCount, { what: 'an API to be ready' })
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
      await eventually(async () => (await readyCount()) === 2, { what: 'both to be ready' })
      app.kill('SIGTERM')
      expect(await app.exited).toEqual({ code: 0, signal: null })
      addresses[at] = `127.0.0.${at + 4}`
      await start(addresses[at])
    }
    for (const { answered } of clients) {
      await eventually(() => (answered.get(409) ?? 0) > 200, { what: 'a load', timeoutMs: 60_000 })
    }
    await Promise.all(clients.map(({ stop }) => stop()))
    for (const { answered, lost, refusedCount } of clients) {
      expect({ lost: Object.fromEntries(lost), refusedCount }).toEqual({ lost: {}, refusedCount: 0 })
      // Two units for the one buyer, then the purchase limit; an API that stops sheds nothing either.
      expect([...answered.keys()].filter((status) => status !== 202 && status !== 409)).toEqual([])
    }
  },
)
