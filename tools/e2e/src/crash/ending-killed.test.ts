import { createClient } from '@flash-sale/contract/client'
import { storm } from '@flash-sale/kit/place-order'
import { eventually } from '@flash-sale/testing/eventually'
import type { FaultProxy } from '@flash-sale/testing/fault-proxy'
import type { App } from '@flash-sale/local-stack/apps/start-app'
import { slow, startService, withService } from '@flash-sale/testing/start-service'
import { buyerToken } from '@flash-sale/testing/test-tokens'
import { beforeAll, describe, expect, test } from 'vitest'

const ends = (bytes: Buffer) => bytes.includes('end_orders')
const notes = (bytes: Buffer) => bytes.includes('units_are_back')

/** Where a process is killed, by what it exchanges with Postgres. */
const steps: [string, (postgres: FaultProxy) => Promise<void>][] = [
  ['before the orders end', (postgres) => postgres.holdRequestsFrom(ends)],
  ['when the orders have ended, and their units are not back', (postgres) => postgres.holdRepliesFrom(ends)],
  ['when the units are back, and Postgres does not know that', (postgres) => postgres.holdRequestsFrom(notes)],
  ['when Postgres knows that the units are back', (postgres) => postgres.holdRepliesFrom(notes)],
]

test.each(steps)(
  'a worker that expires orders and is killed %s: all units are sold again, once',
  slow,
  async (_, stopAt) => {
    const service = await startService()
    const postgres = await service.postgresProxy()
    const [api, doomed] = await Promise.all([service.startApi(), service.startWorker({ postgres })])
    const sale = await service.openSale(api, { total: 20, purchaseLimit: 1 }, { payWithinSeconds: 2 })
    const stopped = stopAt(postgres)
    await storm([sale.at(api)], 20)
    await stopped
    doomed.kill('SIGKILL')
    await doomed.exited
    postgres.cut()
    await service.startWorker()
    await eventually(
      async () => expect((await sale.stored()).rows.filter(({ returned }) => returned)).toHaveLength(20),
      { what: 'the orders to expire', timeoutMs: 60_000 },
    )
    await sale.becomesExact()
    const late = await storm([sale.at(api)], 20, { prefix: 'late' })
    expect(late.map(({ outcome }) => outcome)).toEqual(late.map(() => 'ACCEPTED'))
    await sale.becomesExact()
  },
)

describe('an API that cancels an order and is killed', () => {
  const service = withService()
  let api: App
  beforeAll(async () => void ([api] = await Promise.all([service.startApi(), service.startWorker()])), slow.timeout)

  test.each(steps)('%s: the order is cancelled once at the latest when it is asked again', slow, async (_, stopAt) => {
    const postgres = await service.postgresProxy()
    const doomed = await service.startApi({ postgres })
    const sale = await service.openSale(api, { total: 2, purchaseLimit: 2 })
    const { orderId } = await sale.at(api)({ buyer: 'ann', key: 'k', quantity: 2 })
    const token = buyerToken('ann')
    const clientOf = (baseUrl: string) => createClient({ baseUrl, token, timeoutMs: 20_000 })
    await eventually(async () => expect((await sale.stored()).rows).toHaveLength(1), { what: 'the order to be stored' })
    const stopped = stopAt(postgres)
    const unanswered = clientOf(doomed.url).cancelOrder(orderId!)
    await stopped
    doomed.kill('SIGKILL')
    await doomed.exited
    postgres.cut()
    expect(await unanswered).toMatchObject({ ok: false, problem: { code: 'NO_ANSWER' } })
    expect(await clientOf(api.url).cancelOrder(orderId!)).toMatchObject({ ok: true, value: { status: 'cancelled' } })
    await sale.becomesExact()
    expect(await sale.at(api)({ buyer: 'ann', key: 'again', quantity: 2 })).toMatchObject({ outcome: 'ACCEPTED' })
    await sale.becomesExact()
  })
})
