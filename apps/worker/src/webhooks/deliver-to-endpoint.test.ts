import {
  rotateEndpointSecret,
  setEndpointState,
  changeEndpoint,
  deleteEndpoint,
} from '@flash-sale/database/webhooks/endpoints'
import { askForReplay, listDeadLetters, resolveDeadLetter } from '@flash-sale/database/webhooks/dead-letters'
import { claimEndpoint, markFailure } from '@flash-sale/database/webhooks/deliveries'
import type { AnswerWebhook, WebhookReceiver } from '@flash-sale/testing/webhook-receiver'
import { eventually } from '@flash-sale/testing/eventually'
import { createWebhookSecret } from '@flash-sale/webhooks/webhook-secret'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { eager, startDeliveryBench } from './deliveries.fixture.ts'
import { windowSizeMax } from './window.ts'

function idsAt({ received }: WebhookReceiver): string[] {
  return received.map(({ id }) => id)
}

/** Without the messages that came before. */
function firstTimes(ids: readonly string[]): string[] {
  return [...new Set(ids)]
}

test('an endpoint is told every change behind its place, once, and each order in order', async () => {
  const bench = await startDeliveryBench()
  const receiver = await bench.receiver()
  const endpointId = await bench.endpoint(receiver.url)
  const orderIds = await bench.confirm(3 * windowSizeMax)
  await bench.change(orderIds[0]!, 'paid')
  await bench.change(orderIds[0]!, 'cancelled')
  await bench.change(orderIds[1]!, 'cancelled')
  await bench.deliver(endpointId)
  const told = idsAt(receiver)
  const changes = [`${orderIds[0]}.paid`, `${orderIds[0]}.cancelled`, `${orderIds[1]}.cancelled`]
  expect(told.toSorted()).toEqual([...orderIds.map((id) => `${id}.confirmed`), ...changes].toSorted())
  expect(told.filter((id) => id.startsWith(orderIds[0]!))).toEqual(
    ['confirmed', 'paid', 'cancelled'].map((status) => `${orderIds[0]}.${status}`),
  )
  const body = JSON.parse(receiver.received.find(({ id }) => id === `${orderIds[0]}.paid`)!.body) as object
  expect(body).toMatchObject({
    type: 'order.paid',
    data: { orderId: orderIds[0], status: 'paid', buyer: 'ann', number: 1 },
  })
  expect(await bench.deliver(endpointId)).toEqual([])
  expect(await bench.read(endpointId)).toMatchObject({ state: 'active', tryCount: 0, failingSince: null })
})

test('an endpoint hears only of the changes that it asked for', async () => {
  const bench = await startDeliveryBench()
  const receiver = await bench.receiver()
  const endpointId = await bench.endpoint(receiver.url, { statuses: ['cancelled'] })
  const [first, second] = await bench.confirm(30)
  await bench.change(first!, 'paid')
  await bench.change(second!, 'cancelled')
  await bench.deliver(endpointId)
  expect(idsAt(receiver)).toEqual([`${second}.cancelled`])
})

test('an event that is not delivered is sent again under the same id, and the endpoint stays there meanwhile', async () => {
  const bench = await startDeliveryBench()
  const orderIds = await bench.confirm(4)
  const broken = `${orderIds[1]}.confirmed`
  const receiver = await bench.receiver(({ id }) => (id === broken ? 500 : 200))
  const endpointId = await bench.endpoint(receiver.url)
  await bench.deliver(endpointId)
  expect(await bench.read(endpointId)).toMatchObject({ tryCount: 1, lastFailure: 'It answered 500.' })
  const later = await bench.confirm(2)
  expect(await bench.deliver(endpointId)).toEqual(['FAILED'])
  expect(idsAt(receiver).filter((id) => id === broken)).toHaveLength(2)
  expect(idsAt(receiver)).not.toContain(`${later[0]}.confirmed`)
  receiver.answer(200)
  await bench.deliver(endpointId)
  const told = idsAt(receiver)
  expect(firstTimes(told).toSorted()).toEqual([...orderIds, ...later].map((id) => `${id}.confirmed`).toSorted())
  // Events that were delivered beside the broken one are not sent again.
  expect(told.filter((id) => id === `${orderIds[2]}.confirmed`)).toHaveLength(1)
  expect(await bench.read(endpointId)).toMatchObject({ tryCount: 0, failingSince: null, lastFailure: null })
})

test.each<[string, AnswerWebhook]>([
  ['hangs', () => undefined],
  ['answers too late', (_received, response) => void setTimeout(() => response.end(), 400)],
  [
    'closes the connection',
    (_received, response) => {
      response.socket?.destroy()
      return undefined
    },
  ],
])('a receiver that %s is told again, once it is well', async (_what, how) => {
  const bench = await startDeliveryBench()
  const [orderId] = await bench.confirm(1)
  const receiver = await bench.receiver(how)
  const endpointId = await bench.endpoint(receiver.url)
  expect(await bench.deliver(endpointId, eager, 100)).toEqual(['FAILED'])
  receiver.answer(200)
  expect(await bench.deliver(endpointId)).toEqual(['DELIVERED'])
  expect(idsAt(receiver)).toEqual([`${orderId}.confirmed`, `${orderId}.confirmed`])
})

test('an endpoint that fails is not tried before its pause is over', async () => {
  const bench = await startDeliveryBench()
  await bench.confirm(1)
  const receiver = await bench.receiver(500)
  const endpointId = await bench.endpoint(receiver.url)
  await bench.deliver(endpointId, { ...eager, pausesMs: [60_000] })
  expect(await bench.deliver(endpointId)).toEqual([])
  expect(receiver.received).toHaveLength(1)
  expect((await bench.read(endpointId)).nextTryAt!.getTime()).toBeGreaterThan(Date.now() + 30_000)
})

test('an endpoint that failed for too long is paused, and loses nothing when it is resumed', async () => {
  const bench = await startDeliveryBench()
  const orderIds = await bench.confirm(3)
  const receiver = await bench.receiver(503)
  const endpointId = await bench.endpoint(receiver.url)
  await bench.deliver(endpointId, { ...eager, giveUpAfterMs: 60_000 })
  expect(await bench.read(endpointId)).toMatchObject({ state: 'active' })
  await bench.database.$executeRaw`UPDATE webhook_endpoints SET failing_since = failing_since - interval '2 minutes'`
  await bench.deliver(endpointId, { ...eager, giveUpAfterMs: 60_000 })
  expect(await bench.read(endpointId)).toMatchObject({ state: 'failed', tryCount: 2 })
  receiver.answer(200)
  expect(await bench.deliver(endpointId)).toEqual([])
  await setEndpointState(bench.database, endpointId, 'active')
  await bench.deliver(endpointId)
  expect(firstTimes(idsAt(receiver)).toSorted()).toEqual(orderIds.map((id) => `${id}.confirmed`).toSorted())
})

test('an endpoint that says it is gone is paused at once', async () => {
  const bench = await startDeliveryBench()
  await bench.confirm(1)
  const endpointId = await bench.endpoint((await bench.receiver(410)).url)
  await bench.deliver(endpointId)
  expect(await bench.read(endpointId)).toMatchObject({ state: 'failed', lastFailure: 'It answered 410.' })
})

test('an event that the receiver refuses is dead after its tries; the others go on, and it can be replayed', async () => {
  const bench = await startDeliveryBench()
  const orderIds = await bench.confirm(3)
  const poison = `${orderIds[0]}.confirmed`
  const receiver = await bench.receiver(({ id }) => (id === poison ? 422 : 200))
  const endpointId = await bench.endpoint(receiver.url)
  for (let i = 0; i < eager.refusedTriesMax; i += 1) await bench.deliver(endpointId)
  expect(firstTimes(idsAt(receiver)).toSorted()).toEqual(orderIds.map((id) => `${id}.confirmed`).toSorted())
  const [letter] = await listDeadLetters(bench.database, undefined, 10)
  expect(letter).toMatchObject({
    endpointId,
    eventId: poison,
    failure: 'It answered 422.',
    tryCount: eager.refusedTriesMax,
  })
  expect(await bench.read(endpointId)).toMatchObject({ state: 'active', tryCount: 0, deadLetterCount: 1 })

  await askForReplay(bench.database, Number(letter!.id))
  expect(await bench.deliver(endpointId)).toEqual(['REFUSED'])
  expect(await listDeadLetters(bench.database, undefined, 10)).toMatchObject([{ replayAskedAt: null }])
  receiver.answer(200)
  await askForReplay(bench.database, Number(letter!.id))
  expect(await bench.deliver(endpointId)).toEqual(['DELIVERED'])
  expect(idsAt(receiver).at(-1)).toBe(poison)
  expect(await listDeadLetters(bench.database, undefined, 10)).toEqual([])
})

test('an event is dead only after its own refusals: failures of the receiver before and between them do not count', async () => {
  const bench = await startDeliveryBench()
  await bench.confirm(1)
  const receiver = await bench.receiver(500)
  const endpointId = await bench.endpoint(receiver.url)
  const answers = [500, 500, 500, 422, 422, 500, 422, 422]
  for (const status of answers) {
    receiver.answer(status)
    expect(await bench.deliver(endpointId)).toEqual([status === 500 ? 'FAILED' : 'REFUSED'])
  }
  expect(await listDeadLetters(bench.database, undefined, 10)).toEqual([])
  expect(await bench.read(endpointId)).toMatchObject({ tryCount: answers.length })
  expect(await bench.deliver(endpointId)).toEqual(['REFUSED'])
  expect(await listDeadLetters(bench.database, undefined, 10)).toHaveLength(1)
})

test('a dead letter that is discarded while its replay is on the way stays discarded', async () => {
  const bench = await startDeliveryBench()
  await bench.confirm(1)
  const receiver = await bench.receiver(422)
  const endpointId = await bench.endpoint(receiver.url)
  await bench.deliver(endpointId, { ...eager, refusedTriesMax: 1 })
  const [letter] = await listDeadLetters(bench.database, undefined, 10)
  await askForReplay(bench.database, Number(letter!.id))
  receiver.answer((_received, response) => {
    void resolveDeadLetter(bench.database, letter!.id, 'discarded').then(() => response.writeHead(422).end())
    return undefined
  })
  expect(await bench.deliver(endpointId)).toEqual(['REFUSED'])
  expect(await listDeadLetters(bench.database, undefined, 10)).toEqual([])
})

test('a secret that is rotated while events wait signs the next try, beside the one before', async () => {
  const bench = await startDeliveryBench()
  await bench.confirm(1)
  const receiver = await bench.receiver(500)
  const [before, after] = [createWebhookSecret(), createWebhookSecret()]
  const endpointId = await bench.endpoint(receiver.url, { secret: before })
  await bench.deliver(endpointId)
  receiver.answer(200)
  await rotateEndpointSecret(bench.database, endpointId, after, 60_000)
  await bench.deliver(endpointId)
  const [first, second] = receiver.received.map(({ headers, body }) => ({
    headers: headers as Record<string, string>,
    body,
  }))
  expect(() => new Webhook(after).verify(first!.body, first!.headers)).toThrow()
  for (const secret of [before, after]) new Webhook(secret).verify(second!.body, second!.headers)
  expect(await rotateEndpointSecret(bench.database, endpointId, createWebhookSecret(), 0)).toBe('FORMER_SIGNS')
  await bench.database.$executeRaw`UPDATE webhook_endpoints SET former_secret_until = now()`
  await rotateEndpointSecret(bench.database, endpointId, createWebhookSecret(), 0)
  await bench.confirm(1)
  await bench.deliver(endpointId)
  const third = receiver.received.at(-1)!
  expect(() => new Webhook(after).verify(third.body, third.headers as Record<string, string>)).toThrow()
})

test('a secret that is rotated in the middle of a job signs the next window', async () => {
  const bench = await startDeliveryBench()
  const after = createWebhookSecret()
  await bench.confirm(2 * windowSizeMax)
  let rotated: Promise<boolean | 'FORMER_SIGNS'> | undefined
  const receiver = await bench.receiver((_received, response) => {
    rotated ??= rotateEndpointSecret(bench.database, endpointId, after, 0)
    void rotated.then(() => response.writeHead(200).end())
    return undefined
  })
  const endpointId = await bench.endpoint(receiver.url)
  await bench.deliver(endpointId)
  const last = receiver.received.at(-1)!
  new Webhook(after).verify(last.body, last.headers as Record<string, string>)
})

test('while one job has an endpoint in hand, another sends nothing to it', async () => {
  const bench = await startDeliveryBench()
  await bench.confirm(3)
  const receiver = await bench.receiver()
  const endpointId = await bench.endpoint(receiver.url)
  expect(await claimEndpoint(bench.database, endpointId, '7d444840-9dc0-41d1-b245-5ffdce74fad2')).toBeDefined()
  expect(await bench.deliver(endpointId)).toEqual([])
  await bench.database.$executeRaw`UPDATE webhook_endpoints SET claimed_until = now() - interval '1 ms'`
  await Promise.all([bench.deliver(endpointId), bench.deliver(endpointId), bench.deliver(endpointId)])
  expect(receiver.received).toHaveLength(3)
})

test('a job that lost its endpoint to another one notes nothing', async () => {
  const bench = await startDeliveryBench()
  await bench.confirm(1)
  const receiver = await bench.receiver(() => undefined)
  const endpointId = await bench.endpoint(receiver.url)
  const delivering = bench.deliver(endpointId, eager, 300)
  await eventually(() => receiver.received.length === 1, { what: 'the message' })
  await bench.database.$executeRaw`UPDATE webhook_endpoints SET claim = gen_random_uuid()`
  await delivering
  expect(await bench.read(endpointId)).toMatchObject({ tryCount: 0, lastFailure: null })
})

test('nothing is sent to an endpoint that is paused or deleted, also in the middle of a job', async () => {
  const bench = await startDeliveryBench()
  const receiver = await bench.receiver()
  const [paused, deleted, stopped] = await Promise.all([1, 2, 3].map(() => bench.endpoint(receiver.url)))
  await setEndpointState(bench.database, paused!, 'paused')
  await deleteEndpoint(bench.database, deleted!)
  await bench.confirm(3 * windowSizeMax)
  expect([await bench.deliver(paused!), await bench.deliver(deleted!)]).toEqual([[], []])
  let pausing: Promise<boolean> | undefined
  receiver.answer((_received, response) => {
    pausing ??= setEndpointState(bench.database, stopped!, 'paused')
    void pausing.then(() => response.writeHead(200).end())
    return undefined
  })
  await bench.deliver(stopped!)
  expect(receiver.received).toHaveLength(windowSizeMax)
})

test('a new address is tried at once', async () => {
  const bench = await startDeliveryBench()
  await bench.confirm(1)
  const [broken, well] = [await bench.receiver(500), await bench.receiver()]
  const endpointId = await bench.endpoint(broken.url)
  await bench.deliver(endpointId, { ...eager, pausesMs: [3_600_000] })
  await changeEndpoint(bench.database, endpointId, { url: well.url })
  expect(await bench.deliver(endpointId)).toEqual(['DELIVERED'])
})

test('an answer of the former address says nothing of the new one', async () => {
  const bench = await startDeliveryBench()
  const [orderId] = await bench.confirm(1)
  const well = await bench.receiver()
  let changing: Promise<boolean> | undefined
  const gone = await bench.receiver((_received, response) => {
    changing ??= changeEndpoint(bench.database, endpointId, { url: well.url })
    void changing.then(() => response.writeHead(410).end())
    return undefined
  })
  const endpointId = await bench.endpoint(gone.url)
  await bench.deliver(endpointId)
  expect(await bench.read(endpointId)).toMatchObject({ state: 'active', tryCount: 0, lastFailure: null })
  expect(idsAt(well)).toEqual([`${orderId}.confirmed`])
})

test('a failure of the former address is not noted, however late the address changes', async () => {
  const bench = await startDeliveryBench()
  const endpointId = await bench.endpoint('https://shop.example/former')
  const claim = '7d444840-9dc0-41d1-b245-5ffdce74fad2'
  const claimed = await claimEndpoint(bench.database, endpointId, claim)
  await changeEndpoint(bench.database, endpointId, { url: 'https://shop.example/new' })
  const gone = { failure: 'It answered 410.', tryCount: 1, refusedCount: 0, retryAfterMs: 0, giveUpAfterMs: 0 }
  expect(await markFailure(bench.database, claimed!, claim, gone)).toBe(false)
  expect(await bench.read(endpointId)).toMatchObject({ state: 'active', tryCount: 0, lastFailure: null })
})
