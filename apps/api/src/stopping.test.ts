import { randomUUID } from 'node:crypto'
import { createClient } from '@flash-sale/contract/client'
import { openSale } from '@flash-sale/kit/open-sale'
import type { App } from '@flash-sale/local-stack/apps/start-app'
import { eventually } from '@flash-sale/testing/eventually'
import { slow } from '@flash-sale/testing/start-service'
import { startSteadyClients } from '@flash-sale/testing/steady-clients'
import { startTestProcess } from '@flash-sale/testing/start-test-process'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { buyerToken, testOpsKey } from '@flash-sale/testing/test-tokens'
import { expect, onTestFinished, test } from 'vitest'

const stores = withTestStores()

async function startApi(env: Record<string, string>): Promise<App> {
  const app = await startTestProcess('api', stores, { env })
  onTestFinished(async () => {
    app.kill('SIGKILL')
    await app.exited
  })
  return app
}

/** Clients that place orders of one item at this API without pause. */
async function startBuyers({ url }: App, options: { count: number; keepAlive: boolean; mayConnect?: () => boolean }) {
  const operator = createClient({ baseUrl: url, opsKey: testOpsKey })
  const { item } = await openSale(operator, { name: 'Drop', items: [{ total: 100, purchaseLimit: 2 }] })
  const authorization = `Bearer ${buyerToken('ann')}`
  return startSteadyClients({
    url: `${url}/v1/orders`,
    method: 'POST',
    headers: () => ({ authorization, 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
    body: JSON.stringify({ itemId: item.itemId, quantity: 1 }),
    ...options,
  })
}

const isReady = ({ url }: App) =>
  fetch(`${url}/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  )

test.each([
  { clients: 'that keep their connections', keepAlive: true },
  { clients: 'that open a connection for each request, as long as it is ready', keepAlive: false },
])(
  'told to stop under the load of 40 clients $clients, it answers every request that was sent',
  slow,
  async ({ keepAlive }) => {
    const app = await startApi({ SHUTDOWN_DELAY_MS: '1000' })
    let isOpen = true
    const buyers = await startBuyers(app, { count: 40, keepAlive, mayConnect: () => isOpen })
    await eventually(() => sum(buyers.answered) > 500, { what: 'the load', timeoutMs: 60_000 })
    app.kill('SIGTERM')
    await eventually(async () => !(await isReady(app)), { what: 'it to be ready no more' })
    isOpen = false
    expect(await app.exited).toEqual({ code: 0, signal: null })
    await buyers.stop()
    expect(Object.fromEntries(buyers.lost)).toEqual({})
  },
)

function sum(counts: ReadonlyMap<number, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0)
}
