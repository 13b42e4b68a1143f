import { holdTable } from '@flash-sale/testing/held-table'
import { eventually } from '@flash-sale/testing/eventually'
import { storm } from '@flash-sale/kit/place-order'
import { startTestProcess } from '@flash-sale/testing/start-test-process'
import { newSale, setUpBench } from '@flash-sale/testing/test-sale'
import { slow } from '@flash-sale/testing/start-service'
import { rebuildItem } from '@flash-sale/upkeep/rebuild-item'
import { expect, onTestFinished, test } from 'vitest'

test(
  'a worker that is told to stop in the middle of a drain finishes it, and says meanwhile that it is stopping',
  slow,
  async () => {
    const bench = await setUpBench()
    onTestFinished(bench.close)
    const sale = await newSale(bench, { total: 100, purchaseLimit: 1 })
    await rebuildItem(bench.stores, sale.itemId, { waitMs: 5_000, onlyIfUnsound: true })
    const worker = await startTestProcess('worker', bench.testStores)
    onTestFinished(worker.stop)
    await eventually(async () => (await fetch(`${worker.url}/health/ready`)).ok, { what: 'it to be ready' })

    const held = await holdTable(bench.testStores.database.url, 'orders')
    const { place } = await sale.openShop()
    await storm([place], 20)
    await eventually(() => held.isAwaitedBy('persist_orders'), { what: 'the orders to be in hand' })
    worker.kill('SIGTERM')
    await eventually(async () => (await fetch(`${worker.url}/health/ready`)).status === 503, {
      what: 'it not to be ready',
    })
    expect(await (await fetch(`${worker.url}/health/ready`)).json()).toEqual({
      status: 'not ready',
      reasons: ['This process is stopping.'],
    })
    expect((await fetch(`${worker.url}/health/live`)).status).toBe(200)
    await held.release()
    expect(await worker.exited).toEqual({ code: 0, signal: null })
    expect(await sale.violations()).toEqual([])
  },
)
