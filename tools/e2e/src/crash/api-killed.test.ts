import { expect, test } from 'vitest'
import { eventually } from '@flash-sale/testing/eventually'
import { placePatiently, storm } from '@flash-sale/kit/place-order'
import { slow, startService } from '@flash-sale/testing/start-service'

test(
  'an API killed after the script ran and before its answers left loses no order, and retries find them',
  slow,
  async () => {
    const service = await startService()
    const proxy = await service.redisProxy()
    const [doomed, api] = await Promise.all([service.startApi({ redis: proxy }), service.startApi()])
    const sale = await service.openSale(doomed, { total: 60, purchaseLimit: 1 })
    const wishes = Array.from({ length: 40 }, (_, i) => ({ buyer: `buyer-${i}`, key: `key-${i}`, quantity: 1 }))
    const keys = { orders: `{item:${sale.itemId}}:orders`, outbox: `{item:${sale.itemId}}:outbox` }

    const held = proxy.holdRepliesFrom((bytes) => bytes.includes('buyer-39'))
    const answersOfDoomed = Promise.all(wishes.map(sale.at(doomed)))
    await held
    const isAccepted = (buyer: string) => async () =>
      Object.values(await service.redis.hgetall(keys.orders)).some((order) => order.endsWith(`:${buyer}`))
    await eventually(isAccepted('buyer-39'), { what: 'the script to have run' })
    doomed.kill('SIGKILL')
    const unheard = (await answersOfDoomed).filter(({ outcome }) => outcome === 'NO_ANSWER')
    expect(unheard.map(({ buyer }) => buyer)).toContain('buyer-39')
    const accepted = await service.redis.hgetall(keys.orders)

    const answers = await Promise.all(wishes.map((wish) => placePatiently([sale.at(api)], wish)))
    expect(answers.every(({ outcome }) => outcome === 'ACCEPTED')).toBe(true)
    expect(await service.redis.hgetall(keys.orders)).toMatchObject(accepted)
    await storm([sale.at(api)], 30, { prefix: 'late' })
    await service.startWorker()
    await sale.becomesExact()
    expect(new Set(sale.history.filter(({ outcome }) => outcome === 'ACCEPTED').map(({ buyer }) => buyer)).size).toBe(
      60,
    )
  },
)

test('an API whose reply was lost on the way never says that nothing was taken', slow, async () => {
  const service = await startService()
  const proxy = await service.redisProxy()
  const [api] = await Promise.all([service.startApi({ redis: proxy }), service.startWorker()])
  const sale = await service.openSale(api, { total: 10, purchaseLimit: 1 })
  const place = sale.at(api)
  await place({ buyer: 'first', key: 'k', quantity: 1 })

  const held = proxy.holdRepliesFrom((bytes) => bytes.includes('unlucky'))
  const answer = place({ buyer: 'unlucky', key: 'k', quantity: 1 })
  await held
  await eventually(async () => (await service.redis.hlen(`{item:${sale.itemId}}:orders`)) === 3, {
    what: 'the script to have run',
  })
  // Sent again on the next connection, the batch finds the item held by somebody.
  await service.redis.set(`{item:${sale.itemId}}:lock`, 'somebody', 'PX', 60_000)
  proxy.cut()
  proxy.passAll()
  expect(await answer).toMatchObject({ outcome: 'OUTCOME_UNKNOWN', orderId: expect.any(String) as string })
  await service.redis.del(`{item:${sale.itemId}}:lock`)
  await sale.becomesExact()
})
