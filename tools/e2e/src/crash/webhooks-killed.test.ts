import { eventually } from '@flash-sale/testing/eventually'
import { slow, startService } from '@flash-sale/testing/start-service'
import { startWebhookReceiver } from '@flash-sale/testing/webhook-receiver'
import { createFeedReader } from '@flash-sale/kit/feed-reader'
import { storm } from '@flash-sale/kit/place-order'
import { Client } from 'pg'
import { expect, onTestFinished, test } from 'vitest'

const env = { WEBHOOK_ALLOW_PRIVATE: 'true' }

test(
  'a worker killed after it sent a webhook and before it noted the answer: the next one sends it again, under the same id',
  slow,
  async () => {
    const service = await startService()
    const api = await service.startApi({ env })
    const worker = await service.startWorker({ env })
    const receiver = await startWebhookReceiver(() => undefined)
    onTestFinished(() => receiver.close())
    const ops = service.ops(api)
    expect(await ops.createWebhookEndpoint({ url: receiver.url })).toMatchObject({ ok: true })
    const sale = await service.openSale(api, { total: 20, purchaseLimit: 1 })
    await storm([sale.at(api)], 30)
    await eventually(() => receiver.received.length > 0, { what: 'the first message', timeoutMs: 60_000 })
    const sentBefore = receiver.received.map(({ id }) => id)
    worker.kill('SIGKILL')
    await worker.exited

    receiver.answer(200)
    // The half minute after which a silent job is taken for dead.
    const client = new Client({ connectionString: service.stores.database.url })
    await client.connect()
    await client.query('UPDATE webhook_endpoints SET claimed_until = now()')
    await client.end()
    await service.startWorker({ env })
    const told = () => new Set(receiver.received.slice(sentBefore.length).map(({ id }) => id))
    await eventually(() => told().size === 20, { what: 'all orders', timeoutMs: 60_000 })
    expect([...told()]).toEqual(expect.arrayContaining(sentBefore))

    const feed = createFeedReader(() => ops)
    // A transaction that is under way, also one of Postgres itself, holds back what follows it.
    const readOn = async () => {
      await feed.read()
      return feed.told.length >= 20
    }
    await eventually(readOn, { what: 'all orders in the feed', timeoutMs: 60_000 })
    expect(feed.told.map(({ eventId }) => eventId).toSorted()).toEqual([...told()].toSorted())
  },
)
