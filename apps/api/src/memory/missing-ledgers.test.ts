import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { announceLedger } from '@flash-sale/stock/offers-first'
import { readLedger } from '@flash-sale/stock/read-ledger'
import { eventually } from '@flash-sale/testing/eventually'
import { rebuildItem } from '@flash-sale/upkeep/rebuild-item'
import { expect, onTestFinished, test, vi } from 'vitest'
import { withApi } from '../testing/start-test-api.fixture.ts'
import { startOffering } from './start-offering.ts'

const api = withApi()

/** Sells a unit of a new item, whose ledger Redis then loses. Resolves with the item's id. */
async function loseSoldItem(): Promise<number> {
  const { itemId } = await api.createItem()
  expect(await api.order('ann', { itemId, quantity: 1 }, 'k')).toMatchObject({ statusCode: 202 })
  await api.stores.redis.del(...Object.values(ledgerKeys(itemId)))
  return itemId
}

/** The process looks after what it accepted, and its clock stands still: so it looks at all items once, and after that only listens. */
function startListening() {
  const { redis } = api.stores
  const sent = vi.spyOn(redis, 'sendCommand')
  vi.spyOn(performance, 'now').mockReturnValue(performance.now())
  onTestFinished(() => void vi.restoreAllMocks())
  const logger = { warn: () => undefined, error: () => undefined }
  const options = { logger, ring: () => undefined, processName: 'one', batchSizeMax: 256 }
  const offering = startOffering(api.context, options)
  onTestFinished(() => offering.close())
  const countSent = (key: string) => sent.mock.calls.filter(([command]) => command.args.includes(key)).length
  return {
    listenCount: () => countSent('{flash-sale}:offers-first'),
    scriptCount: (itemId: number) => countSent(ledgerKeys(itemId).ledger),
  }
}

test('ledgers that are missing are asked at the look of each second, and not whenever the process listens', async () => {
  const itemIds = [await loseSoldItem(), await loseSoldItem(), await loseSoldItem()]
  const { listenCount, scriptCount } = startListening()
  await eventually(() => listenCount() > 10, { what: 'the process to listen for a while' })
  expect(itemIds.map(scriptCount)).toEqual([1, 1, 1])
})

test.each([
  ['that waits for this process', ['one']],
  ['that waits for nobody', []],
])('a ledger %s gets its orders once it is made, without a look of the process', async (_, liveApis) => {
  const itemId = await loseSoldItem()
  const { scriptCount } = startListening()
  await eventually(() => scriptCount(itemId) > 0, { what: 'the process to find the ledger missing' })
  const options = { waitMs: 5_000, onlyIfUnsound: true, liveApis, offersWithinMs: 60_000 }
  expect(await rebuildItem(api.stores, itemId, options)).toMatchObject({ kind: 'REBUILT', epoch: 2 })
  await eventually(
    async () => {
      expect(await readLedger(api.stores.redis, itemId)).toMatchObject({ available: 9, takesOffersOnly: false })
    },
    { what: 'the order to be back, and the ledger to sell' },
  )
})

test('after news the process listens again sooner, and without news as before', async () => {
  await announceLedger(api.stores.redis, { itemId: 1, birth: '7', epoch: 2 })
  const pauses: (number | undefined)[] = []
  const { setTimeout: wait } = globalThis
  // Others wait too. The pauses of the process are those before it looks.
  const spy = vi.spyOn(globalThis, 'setTimeout').mockImplementation(((act: () => void, ms?: number) => {
    if (/\blook\(\)/.test(String(act))) pauses.push(ms)
    return wait(act, ms)
  }) as typeof setTimeout)
  onTestFinished(() => spy.mockRestore())
  startListening()
  await eventually(() => pauses.length >= 6, { what: 'the process to listen several times' })
  expect(pauses.slice(0, 6)).toEqual([200, 50, 200, 200, 200, 200])
})
