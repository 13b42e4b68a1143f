import { collectTests } from '@flash-sale/testing/test-every-guard'
import { describe, expect } from 'vitest'
import { acknowledge } from '../acknowledge.ts'
import { setLedgerState, settleLedger } from '../change-ledger.ts'
import { ledgerKeys } from '../ledger-keys.ts'
import { asHolder } from '../ledger.fixture.ts'
import { readOutbox } from '../outbox.ts'
import { findOrder, readLedger } from '../read-ledger.ts'
import { adopt, reserve } from '../reserve.ts'
import { aLedger, anOrder, claim, redis } from './guarded-ledger.fixture.ts'

const { test, tests } = collectTests()
export const settleTests = tests

describe('the ledger of an ended sale is settled', () => {
  const books = { total: 100, available: 100 }
  const settle = (item: number, { epoch = 1, ...units } = { ...books, epoch: 1 }) =>
    asHolder(redis, item, (owner) => settleLedger(redis, { itemId: item, owner, birth: '1', epoch }, units))

  test('once its window is over, or an operator closed it', async () => {
    for (const ended of [{ closesAtMs: Date.now() - 1 }, { state: 'closed' as const }]) {
      const item = await aLedger(ended)
      expect(await settle(item)).toBe('CHANGED')
      expect(await settle(item)).toBe('CHANGED')
      expect(await readLedger(redis, item)).toMatchObject({ state: 'settled' })
    }
  })

  test('not while it is on, nor while an order waits in its outbox, nor with other units than Postgres counts', async () => {
    const open = await aLedger()
    expect(await settle(open)).toBe('NOT_CLOSED')
    await reserve(redis, open, claim, [anOrder()])
    await redis.hset(ledgerKeys(open).ledger, 'closesAt', Date.now() - 1)
    expect(await settle(open, { total: 100, available: 99, epoch: 1 })).toBe('NOT_CLOSED')
    const over = await aLedger({ closesAtMs: Date.now() - 1 })
    expect(await settle(over, { total: 100, available: 99, epoch: 1 })).toBe('NOT_CLOSED')
    expect(await settle(over, { total: 99, available: 100, epoch: 1 })).toBe('NOT_CLOSED')
    expect(await settle(over, { ...books, epoch: 2 })).toBe('STALE_EPOCH')
    const lacking = await aLedger({ state: 'closed' })
    for (const field of [{ offersUntil: Date.now() + 60_000 }, { offersUntil: 1, lacking: 7 }]) {
      await redis.hset(ledgerKeys(lacking).ledger, field)
      expect(await settle(lacking)).toBe('NOT_CLOSED')
    }
  })

  test('only by its holder', async () => {
    const item = await aLedger({ closesAtMs: Date.now() - 1 })
    await asHolder(redis, item, async () => {
      const former = { itemId: item, owner: 'a former holder', birth: '1', epoch: 1 }
      expect(await settleLedger(redis, former, books)).toBe('LEASE_LOST')
    })
  })

  test('and takes nothing any more, whatever its clock says, but replays and look-ups are answered', async () => {
    const item = await aLedger()
    const order = anOrder()
    await reserve(redis, item, claim, [order])
    const [entry] = await readOutbox(redis, item, 10)
    await acknowledge(redis, item, { birth: '1', epoch: 1 }, [entry!.id])
    await redis.hset(ledgerKeys(item).ledger, 'closesAt', Date.now() - 1)
    expect(await settle(item, { total: 100, available: 99, epoch: 1 })).toBe('CHANGED')
    await redis.hset(ledgerKeys(item).ledger, 'closesAt', Date.now() + 60_000)
    expect(await reserve(redis, item, claim, [order, anOrder()])).toMatchObject({ verdicts: ['REPLAYED', 'CLOSED'] })
    expect(await adopt(redis, item, claim, [{ ...anOrder(), acceptedAtMs: 1 }])).toEqual({ kind: 'NOT_LOADED' })
    expect(await findOrder(redis, item, claim, order.orderId)).toMatchObject({ quantity: 1 })
    expect(await readOutbox(redis, item, 10)).toEqual([])
  })

  test('and is a closed one for a version that does not know of settlement', async () => {
    const item = await aLedger({ closesAtMs: Date.now() - 1 })
    await settle(item)
    expect(await redis.hget(ledgerKeys(item).ledger, 'state')).toBe('closed')
  })

  test('until its sale is on again, by a clock that was set right', async () => {
    const item = await aLedger({ closesAtMs: Date.now() - 1 })
    await settle(item)
    await asHolder(redis, item, async (owner) => {
      expect(await setLedgerState(redis, { itemId: item, owner, birth: '1', epoch: 1 }, 'live')).toBe('CHANGED')
    })
    expect(await readLedger(redis, item)).toMatchObject({ state: 'live' })
  })

  test('until a holder sets its state: then it adopts again', async () => {
    const item = await aLedger({ state: 'closed' })
    await settle(item)
    await asHolder(redis, item, async (owner) => {
      expect(await setLedgerState(redis, { itemId: item, owner, birth: '1', epoch: 1 }, 'closed')).toBe('CHANGED')
    })
    const adopted = await adopt(redis, item, claim, [{ ...anOrder(), acceptedAtMs: 1 }])
    expect(adopted).toMatchObject({ verdicts: ['RESERVED'] })
  })
})
