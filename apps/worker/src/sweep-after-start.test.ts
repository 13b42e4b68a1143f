import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { newSale, withBench } from '@flash-sale/testing/test-sale'
import { rebuildItem } from '@flash-sale/upkeep/rebuild-item'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { createSweep } from './sweep.ts'

const bench = withBench()

test('a ledger that a worker finds missing at its start is no alarm, and one that goes missing later is', async () => {
  const sale = await newSale(bench, { total: 10, purchaseLimit: 2 })
  await rebuildItem(bench.stores, sale.itemId, { waitMs: 5_000, onlyIfUnsound: true })
  const lines: { level: number; msg: string; why?: string }[] = []
  const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) })
  const { signal } = new AbortController()
  const sweep = createSweep(
    { stores: bench.stores, logger, signal, drain: async () => undefined, outboxAgeMaxMs: 60_000 },
    'current',
  )
  const loseLedger = async () => {
    await bench.stores.redis.del(ledgerKeys(sale.itemId).ledger)
    while (!(await sweep.look()).isLast);
    await sweep.settled()
  }
  await loseLedger()
  await loseLedger()
  const told = lines.filter(({ msg }) => msg === 'rebuilt a ledger')
  expect(told.map(({ level, why }) => [level, why])).toEqual([
    [30, 'UNSOUND'],
    [40, 'UNSOUND'],
  ])
})
