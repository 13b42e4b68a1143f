import { AuditTrail } from '@flash-sale/contract/audit-trail'
import {
  DeadLetters,
  WebhookEndpoint,
  WebhookEndpoints,
  WebhookSecret,
  WebhookTest,
} from '@flash-sale/contract/webhooks'
import { connectWriter, insertOrder } from '@flash-sale/database/feed/feed-writers.fixture'
import { keepDeadLetter } from '@flash-sale/database/webhooks/dead-letters'
import { eventually } from '@flash-sale/testing/eventually'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { testOpsKey } from '@flash-sale/testing/test-tokens'
import { startWebhookReceiver, type AnswerWebhook } from '@flash-sale/testing/webhook-receiver'
import { Webhook } from 'standardwebhooks'
import { expect, onTestFinished, test, vi } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { withApi } from '../testing/start-test-api.fixture.ts'

const stores = withTestStores()
const api = withApi({ stores })
const strict = withApi({ stores, allowPrivateWebhooks: false })

const path = '/v1/ops/webhook-endpoints'

async function create(body: object, key?: string): Promise<WebhookEndpoint> {
  return expectSuccess(await api.operate(path, body, key), 201, WebhookEndpoint)
}

async function secretOf(endpointId: number): Promise<string> {
  return expectSuccess(await api.get(`${path}/${endpointId}/secret`, testOpsKey), 200, WebhookSecret).secret
}

async function act(endpointId: number, action: string, body?: unknown): Promise<WebhookEndpoint> {
  return expectSuccess(await api.operate(`${path}/${endpointId}/${action}`, body), 200, WebhookEndpoint)
}

async function receiver(how: AnswerWebhook | number = 200) {
  const started = await startWebhookReceiver(how)
  onTestFinished(() => started.close())
  return started
}

test('an endpoint is created, listed, read, changed, paused, resumed and deleted', async () => {
  const url = 'https://shop.example/hooks'
  const created = await create({ url, description: 'The shop', types: ['order.paid', 'order.expired'] })
  expect(created).toMatchObject({
    url,
    description: 'The shop',
    types: ['order.paid', 'order.expired'],
    state: 'active',
  })
  const { endpointId } = created
  const list = expectSuccess(await api.get(path, testOpsKey), 200, WebhookEndpoints)
  expect(list.endpoints).toContainEqual(created)
  expect(await act(endpointId, 'change', { types: [] })).toMatchObject({ url, types: [], description: 'The shop' })
  expect(await act(endpointId, 'pause')).toMatchObject({ state: 'paused' })
  expect(await act(endpointId, 'resume')).toMatchObject({ state: 'active' })
  expect((await api.operate(`${path}/${endpointId}/delete`)).statusCode).toBe(200)
  expectProblem(await api.get(`${path}/${endpointId}`, testOpsKey), 'WEBHOOK_ENDPOINT_NOT_FOUND')
  for (const action of ['pause', 'resume', 'rotate-secret', 'test', 'delete']) {
    expectProblem(
      await api.operate(`${path}/${endpointId}/${action}`, undefined, `again ${action}`),
      'WEBHOOK_ENDPOINT_NOT_FOUND',
    )
  }
  expectProblem(await api.operate(`${path}/${endpointId}/change`, { types: [] }, 'again'), 'WEBHOOK_ENDPOINT_NOT_FOUND')
})

test('the same key creates one endpoint', async () => {
  const body = { url: 'https://shop.example/once' }
  const [first, again] = [await create(body, 'once'), await create(body, 'once')]
  expect(again.endpointId).toBe(first.endpointId)
})

test('an endpoint that is to hear of everything from now on is created only after the changes in flight', async () => {
  const { itemId } = await api.createItem()
  const writer = await connectWriter(stores.database.url)
  onTestFinished(() => writer.end())
  const body = { url: 'https://shop.example/from-now-on' }
  await writer.query('BEGIN')
  await insertOrder(writer, itemId)
  expectProblem(await api.operate(path, body), 'UNAVAILABLE')
  const asked = vi.spyOn(api.context.horizon, 'read')
  onTestFinished(() => asked.mockRestore())
  const creating = api.operate(path, body)
  await eventually(() => asked.mock.calls.length > 0, { what: 'the wait for the changes in flight' })
  await writer.query('COMMIT')
  expectSuccess(await creating, 201, WebhookEndpoint)
})

test('a secret is shown by its own call alone: no answer, no list, no trail and no kept answer has it', async () => {
  const { endpointId } = await create({ url: 'https://shop.example/secret' }, 'with a key')
  const before = await secretOf(endpointId)
  expect(before).toMatch(/^whsec_[A-Za-z0-9+/]{40,}={0,2}$/)
  expect((await api.operate(`${path}/${endpointId}/rotate-secret`, undefined, 'rotate')).statusCode).toBe(200)
  const after = await secretOf(endpointId)
  expect(after).not.toBe(before)
  const trail = expectSuccess(await api.get('/v1/ops/audit-events', testOpsKey), 200, AuditTrail)
  expect(trail.events[0]).toMatchObject({ actor: 'ops', action: 'rotate-webhook-secret', detail: { endpointId } })
  const acts = await api.stores.database.operatorAct.findMany()
  const list = expectSuccess(await api.get(path, testOpsKey), 200, WebhookEndpoints)
  const shown = JSON.stringify([list, trail, acts], (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  )
  for (const secret of [before, after]) expect(shown).not.toContain(secret.slice('whsec_'.length, -4))
})

test('a secret is not rotated again while the former one still signs, since its receivers would know no message', async () => {
  const { endpointId } = await create({ url: 'https://shop.example/twice' })
  expect((await api.operate(`${path}/${endpointId}/rotate-secret`, undefined, 'one')).statusCode).toBe(200)
  const secret = await secretOf(endpointId)
  expectProblem(await api.operate(`${path}/${endpointId}/rotate-secret`, undefined, 'two'), 'FORMER_SECRET_SIGNS')
  expect(await secretOf(endpointId)).toBe(secret)
})

test('a test call sends one signed message, and says what came of it', async () => {
  const well = await receiver()
  const { endpointId } = await create({ url: well.url })
  const sendTest = async () =>
    expectSuccess(await api.operate(`${path}/${endpointId}/test`, undefined, String(Math.random())), 200, WebhookTest)
  expect(await sendTest()).toEqual({ endpointId, isDelivered: true })
  const { body, headers } = well.received[0]!
  const message = new Webhook(await secretOf(endpointId)).verify(body, headers as Record<string, string>)
  expect(message).toMatchObject({ type: 'webhook.test', data: { endpointId } })
  well.answer(500)
  expect(await sendTest()).toEqual({ endpointId, isDelivered: false, failure: 'It answered 500.' })
})

test.each([
  ['plain HTTP', 'http://shop.example/'],
  ['this machine', 'https://127.0.0.1/'],
  ['a name of this machine', 'https://localhost/'],
  ['metadata of a cloud', 'https://[::ffff:169.254.169.254]/'],
])('where private networks are not allowed, an endpoint at %s is refused, new or changed', async (_what, url) => {
  expectProblem(await strict.operate(path, { url }), 'INVALID_REQUEST')
  const { endpointId } = await create({ url: 'https://shop.example/' })
  expectProblem(await strict.operate(`${path}/${endpointId}/change`, { url }), 'INVALID_REQUEST')
})

test('a test call to an address that is not allowed sends nothing', async () => {
  const well = await receiver()
  const { endpointId } = await create({ url: well.url })
  const answer = expectSuccess(await strict.operate(`${path}/${endpointId}/test`), 200, WebhookTest)
  expect(answer).toMatchObject({ isDelivered: false })
  expect(well.received).toEqual([])
})

test.each([
  ['without a url', {}],
  ['with an unknown type', { url: 'https://shop.example/', types: ['order.lost'] }],
  ['with an unknown field', { url: 'https://shop.example/', secret: 'whsec_mine' }],
  ['with no URL', { url: 'shop' }],
  ['behind a cursor that the feed never gave', { url: 'https://shop.example/', after: 'abc' }],
])('an endpoint %s is not valid', async (_what, body) => {
  expectProblem(await api.operate(path, body), 'INVALID_REQUEST')
})

test('dead letters are listed, replayed and discarded', async () => {
  const { endpointId } = await create({ url: 'https://shop.example/dead' })
  const letter = { endpointId, eventId: 'an-order.paid', failure: 'It answered 422.', tryCount: 7 }
  for (const number of [1n, 2n]) await keepDeadLetter(api.stores.database, { ...letter, number })
  const list = async () =>
    expectSuccess(await api.get('/v1/ops/dead-letters', testOpsKey), 200, DeadLetters).deadLetters
  const [newest, oldest] = await list()
  expect(newest).toMatchObject({
    endpointId,
    eventId: 'an-order.paid',
    failure: 'It answered 422.',
    tries: 7,
    isReplayed: false,
  })
  expect(expectSuccess(await api.get(`${path}/${endpointId}`, testOpsKey), 200, WebhookEndpoint)).toMatchObject({
    deadLetters: 2,
  })
  expect((await api.operate(`/v1/ops/dead-letters/${newest!.deadLetterId}/replay`)).statusCode).toBe(200)
  expect((await api.operate(`/v1/ops/dead-letters/${oldest!.deadLetterId}/discard`)).statusCode).toBe(200)
  expect(await list()).toMatchObject([{ deadLetterId: newest!.deadLetterId, isReplayed: true }])
  expectProblem(
    await api.operate(`/v1/ops/dead-letters/${oldest!.deadLetterId}/replay`, undefined, 'again'),
    'DEAD_LETTER_NOT_FOUND',
  )
})
