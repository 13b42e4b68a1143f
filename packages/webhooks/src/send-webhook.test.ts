import type { LookupAddress } from 'node:dns'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { eventually } from '@flash-sale/testing/eventually'
import { startWebhookReceiver, type AnswerWebhook } from '@flash-sale/testing/webhook-receiver'
import { Webhook } from 'standardwebhooks'
import { expect, onTestFinished, test } from 'vitest'
import type { Resolve } from './public-lookup.ts'
import { createWebhookSender, type WebhookSenderOptions } from './send-webhook.ts'
import { createWebhookSecret } from './webhook-secret.ts'

const message = { id: 'order.paid', body: JSON.stringify({ type: 'order.paid', data: { buyer: '安 & "bob"' } }) }

function createSender(options: Partial<WebhookSenderOptions> = {}) {
  const sender = createWebhookSender({ allowPrivate: true, timeoutMs: 5_000, ...options })
  onTestFinished(() => sender.close())
  return sender
}

async function startReceiver(how: AnswerWebhook | number = 200) {
  const receiver = await startWebhookReceiver(how)
  onTestFinished(() => receiver.close())
  return receiver
}

test('a receiver verifies a message by the library of Standard Webhooks, with the new secret and with the one before', async () => {
  const receiver = await startReceiver()
  const secrets = [createWebhookSecret(), createWebhookSecret()]
  expect(await createSender().send({ url: receiver.url, secrets }, message)).toEqual({ kind: 'DELIVERED' })
  const { headers, body } = receiver.received[0]!
  for (const secret of secrets) {
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual(JSON.parse(message.body))
  }
  expect(() => new Webhook(createWebhookSecret()).verify(body, headers as Record<string, string>)).toThrow()
  expect(headers).toMatchObject({ 'webhook-id': message.id, 'content-type': 'application/json' })
})

test.each([
  [500, 'FAILED', /500/],
  [503, 'FAILED', /503/],
  [429, 'FAILED', /429/],
  [401, 'FAILED', /401/],
  [404, 'FAILED', /404/],
  [410, 'GONE', /410/],
  [400, 'REFUSED', /400/],
  [422, 'REFUSED', /422/],
])('an answer of %i is %s', async (status, kind, failure) => {
  const receiver = await startReceiver(status)
  const sent = await createSender().send({ url: receiver.url, secrets: [createWebhookSecret()] }, message)
  expect(sent).toEqual({ kind, failure: expect.stringMatching(failure) })
})

test('a redirect is not followed', async () => {
  const other = await startReceiver()
  const receiver = await startReceiver((_received, response) => {
    response.writeHead(307, { location: other.url }).end()
    return undefined
  })
  const sent = await createSender().send({ url: receiver.url, secrets: [createWebhookSecret()] }, message)
  expect(sent).toEqual({ kind: 'FAILED', failure: expect.stringContaining('redirects are not followed') })
  expect(other.received).toEqual([])
})

test('a receiver that hangs, or closes the connection, has failed', async () => {
  const hanging = await startReceiver(() => undefined)
  const sender = createSender({ timeoutMs: 200 })
  const target = { url: hanging.url, secrets: [createWebhookSecret()] }
  expect(await sender.send(target, message)).toEqual({ kind: 'FAILED', failure: 'It did not answer within 0.2 s.' })
  hanging.answer((_received, response) => void response.socket?.destroy())
  expect(await createSender().send(target, message)).toMatchObject({
    kind: 'FAILED',
    failure: expect.stringContaining('closed'),
  })
  await hanging.close()
  expect(await sender.send(target, message)).toMatchObject({
    kind: 'FAILED',
    failure: 'Nothing listens at its address.',
  })
})

test('an answer without an end, or far too long, does not hold the sender up', async () => {
  let written = 0
  const receiver = await startReceiver((received, response) => {
    response.writeHead(200)
    if (received.path.endsWith('silent')) return void response.write('and then')
    const chunk = Buffer.alloc(64 * 1024)
    const write = () => {
      while (!response.destroyed && response.write(chunk)) written += chunk.length
      if (!response.destroyed) response.once('drain', write)
    }
    write()
    return undefined
  })
  const sender = createSender()
  for (const ending of ['silent', 'long']) {
    const target = { url: `${receiver.url}/${ending}`, secrets: [createWebhookSecret()] }
    expect(await sender.send(target, message)).toEqual({ kind: 'DELIVERED' })
  }
  expect(written).toBeLessThan(50 * 1024 * 1024)
})

test('one that trickles its head is cut off', async () => {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    socket.write('HTTP/1.1 200 OK\r\n')
    const timer = setInterval(() => socket.write('x: y\r\n'), 20)
    socket.on('close', () => clearInterval(timer))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const sent = await createSender({ timeoutMs: 300 }).send({ url, secrets: [createWebhookSecret()] }, message)
  expect(sent).toMatchObject({ kind: 'FAILED' })
  await eventually(() => sockets.every((socket) => socket.destroyed), { what: 'the connection to be closed' })
})

test('a name that means this machine at the moment of sending is not connected to, whatever it meant before', async () => {
  const receiver = await startReceiver()
  const { port } = new URL(receiver.url)
  let askedCount = 0
  const resolve: Resolve = (_name, _options, done) => {
    askedCount += 1
    done(null, [{ address: '127.0.0.1', family: 4 }])
  }
  const target = { url: `https://rebinding.example:${port}/hooks`, secrets: [createWebhookSecret()] }
  const sent = await createSender({ allowPrivate: false, resolve }).send(target, message)
  expect(sent).toEqual({ kind: 'FAILED', failure: 'Its name leads into a private network.' })
  // The connection would go to the address that was judged: the name is not looked up a second time.
  expect(askedCount).toBe(1)
})

test('a name with one public and one private address is not connected to', async () => {
  const addresses: LookupAddress[] = [
    { address: '8.8.8.8', family: 4 },
    { address: '::ffff:169.254.169.254', family: 6 },
  ]
  const sender = createSender({ allowPrivate: false, resolve: (_name, _options, done) => done(null, addresses) })
  const target = { url: 'https://mixed.example/hooks', secrets: [createWebhookSecret()] }
  expect(await sender.send(target, message)).toEqual({
    kind: 'FAILED',
    failure: 'Its name leads into a private network.',
  })
})

test('an address that was allowed when its endpoint was made, and is not any more, is not sent to', async () => {
  const receiver = await startReceiver()
  const sent = await createSender({ allowPrivate: false }).send(
    { url: receiver.url, secrets: [createWebhookSecret()] },
    message,
  )
  expect(sent).toMatchObject({ kind: 'FAILED', failure: expect.stringContaining('https://') })
  expect(receiver.received).toEqual([])
})

test('a sender that stops says that nothing is known', async () => {
  const receiver = await startReceiver(() => undefined)
  const stopping = new AbortController()
  const sending = createSender().send({ url: receiver.url, secrets: [createWebhookSecret()] }, message, stopping.signal)
  await eventually(() => receiver.received.length === 1, { what: 'the message' })
  stopping.abort()
  expect(await sending).toEqual({ kind: 'STOPPED' })
})
