import { connectRedis, closeRedis } from '@flash-sale/runtime/redis'
import { eventually } from '@flash-sale/testing/eventually'
import { silentLogger } from '@flash-sale/testing/open-stores'
import { startTestRedis } from '@flash-sale/testing/test-redis'
import { expect, onTestFinished, test } from 'vitest'
import { eager, startDeliveryBench, type DeliveryBench } from './deliveries.fixture.ts'
import { startWebhooks } from './start-webhooks.ts'

async function startWorkers(bench: DeliveryBench, count: number, timeoutMs = 5_000) {
  const server = await startTestRedis()
  onTestFinished(() => server.stop())
  for (let i = 0; i < count; i += 1) {
    const queueRedis = connectRedis({ url: server.url, role: 'queue-worker', logger: silentLogger })
    const stores = { queueRedis, database: bench.database }
    const webhooks = startWebhooks(stores, silentLogger, { allowPrivate: true, timeoutMs, schedule: eager })
    onTestFinished(async () => {
      await webhooks.close()
      await closeRedis(queueRedis)
    })
  }
}

test('two workers tell an endpoint each change once, in order, without anybody ringing', async () => {
  const bench = await startDeliveryBench()
  const receiver = await bench.receiver()
  await bench.endpoint(receiver.url)
  await startWorkers(bench, 2)
  const [orderId] = await bench.confirm(40)
  await bench.change(orderId!, 'paid')
  await eventually(() => receiver.received.length === 41, { what: 'all changes' })
  await bench.change(orderId!, 'cancelled')
  await eventually(() => receiver.received.length === 42, { what: 'the last change' })
  const ids = receiver.received.map(({ id }) => id)
  expect(new Set(ids).size).toBe(42)
  expect(ids.filter((id) => id.startsWith(orderId!)).map((id) => id.split('.')[1])).toEqual([
    'confirmed',
    'paid',
    'cancelled',
  ])
})

test('of fifty endpoints one that hangs keeps none of the others waiting', async () => {
  const bench = await startDeliveryBench()
  const receiver = await bench.receiver(({ path }) => (path === '/hooks/slow' ? undefined : 200))
  await bench.endpoint(`${receiver.url}/slow`)
  for (let i = 0; i < 49; i += 1) await bench.endpoint(`${receiver.url}/${i}`)
  // The slow one answers within none of this test's bounds.
  await startWorkers(bench, 1, 600_000)
  const at = (path: string) => receiver.received.filter((message) => message.path === path).length
  await bench.confirm(1)
  await eventually(() => at('/hooks/slow') === 1, { what: 'the slow one to hang' })
  await bench.confirm(20)
  await eventually(() => Array.from({ length: 49 }, (_, i) => at(`/hooks/${i}`)).every((count) => count === 21), {
    what: 'the others to hear everything',
    timeoutMs: 50_000,
  })
})
