import { storm } from '@flash-sale/kit/place-order'
import { eventually } from '@flash-sale/testing/eventually'
import { holdTable } from '@flash-sale/testing/held-table'
import { slow } from '@flash-sale/testing/start-service'
import { startTestProcess } from '@flash-sale/testing/start-test-process'
import { newSale, setUpBench } from '@flash-sale/testing/test-sale'
import { rebuildItem } from '@flash-sale/upkeep/rebuild-item'
import { expect, onTestFinished, test } from 'vitest'

test(
  'a worker that persists nothing while orders wait is not ready, and is ready again when it does',
  slow,
  async () => {
    const bench = await setUpBench()
    onTestFinished(bench.close)
    const sale = await newSale(bench, { total: 100, purchaseLimit: 1 })
    await eventually(() => rebuildItem(bench.stores, sale.itemId, { waitMs: 5_000, onlyIfUnsound: true }), {
      what: 'the ledger',
    })
    const worker = await startTestProcess('worker', bench.testStores)
    onTestFinished(worker.stop)
    const readiness = async () => {
      const response = await fetch(`${worker.url}/health/ready`)
      return { status: response.status, text: await response.text() }
    }
    const { place } = await sale.openShop()
    await storm([place], 20)
    await eventually(async () => expect((await readiness()).status).toBe(200), { what: 'it to be ready' })

    const held = await holdTable(bench.testStores.database.url, 'orders')
    await storm([place], 20, { prefix: 'held' })
    await eventually(
      async () =>
        expect(await readiness()).toEqual({
          status: 503,
          text: expect.stringMatching(/Orders wait in the outbox, and none was persisted for \d+ s\./),
        }),
      { what: 'it not to be ready', timeoutMs: 30_000 },
    )
    await held.release()
    await eventually(async () => expect((await readiness()).status).toBe(200), { what: 'it to be ready' })
    await eventually(async () => expect(await sale.violations()).toEqual([]), { what: 'a balance' })
  },
)
