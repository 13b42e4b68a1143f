import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { storm } from '@flash-sale/kit/place-order'
import { slow, startService } from '@flash-sale/testing/start-service'

test('while Postgres is away orders are accepted, and all of them are persisted once it is back', slow, async () => {
  const service = await startService()
  const postgres = await service.postgresProxy()
  const [one, other] = await Promise.all([
    service.startApi({ postgres }),
    service.startApi({ postgres }),
    service.startWorker({ postgres }),
  ])
  const sale = await service.openSale(one, { total: 200, purchaseLimit: 1 })
  const apis = [sale.at(one), sale.at(other)]
  await storm(apis, 20, { prefix: 'before' })

  postgres.refuse()
  const answers = await storm(apis, 100, { prefix: 'meanwhile', arriveWithinMs: 2_000 })
  expect(answers.every(({ outcome }) => outcome === 'ACCEPTED')).toBe(true)
  await sleep(500)
  const read = await service.ops(one).readOrder(answers[0]!.orderId!)
  expect(read).toMatchObject({ ok: false, problem: { status: 503, code: 'UNAVAILABLE' } })

  postgres.accept()
  await storm(apis, 100, { prefix: 'after' })
  await sale.becomesExact()
  expect(sale.history.filter(({ outcome }) => outcome === 'ACCEPTED')).toHaveLength(200)
})

test('Postgres restarting under the worker, again and again, loses and doubles nothing', slow, async () => {
  const service = await startService()
  const postgres = await service.postgresProxy()
  const [api] = await Promise.all([service.startApi(), service.startWorker({ postgres })])
  const sale = await service.openSale(api, { total: 500, purchaseLimit: 1 })
  const selling = storm([sale.at(api)], 400, { arriveWithinMs: 2_000 })
  for (let i = 0; i < 10; i += 1) {
    await sleep(200)
    postgres.cut()
  }
  await selling
  await sale.becomesExact()
})
