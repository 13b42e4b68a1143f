import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { Pool } from 'undici'
import { expect, onTestFinished, test } from 'vitest'
import { requestOrder } from './order-request.ts'

type Reply = (response: ServerResponse, request: IncomingMessage) => unknown

/** A service that gives these answers, one after the other, and notes the keys that it was sent. */
async function serviceAnswering(...replies: Reply[]) {
  const keys: unknown[] = []
  const server = createServer((request, response) => {
    keys.push(request.headers['idempotency-key'])
    replies[keys.length - 1]?.(response, request)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const pool = new Pool(`http://127.0.0.1:${port}`)
  onTestFinished(async () => {
    await pool.destroy()
    server.close()
  })
  let comebacks = 0
  const place = () =>
    requestOrder(
      pool,
      { token: 'a', idempotencyKey: 'my-key', body: '{}' },
      { signal: new AbortController().signal, onLatency: () => undefined, onComeback: () => (comebacks += 1) },
    )
  return { keys, place, comebacks: () => comebacks }
}

const answer =
  (status: number, body: object, headers: Record<string, string> = {}): Reply =>
  (response) =>
    response.writeHead(status, headers).end(JSON.stringify(body))
const accepted = (headers?: Record<string, string>) => answer(202, { orderId: 'the-order' }, headers)

test('a buyer who is told to come back does so, after the time given and with the same key', async () => {
  const { keys, place, comebacks } = await serviceAnswering(
    answer(503, { code: 'BUSY', retryAfterMs: 20 }),
    answer(503, { code: 'OUTCOME_UNKNOWN', retryAfterMs: 20 }),
    accepted({ 'Idempotent-Replayed': 'true' }),
  )
  const beganAtMs = performance.now()
  expect(await place()).toEqual({ kind: 'accepted', orderId: 'the-order', isReplay: true })
  expect(performance.now() - beganAtMs).toBeGreaterThanOrEqual(39)
  expect(keys).toEqual(['my-key', 'my-key', 'my-key'])
  expect(comebacks()).toBe(2)
})

test('a connection that breaks before the answer is no refusal: the same key is sent again', async () => {
  const { keys, place } = await serviceAnswering((_response, request) => request.socket.destroy(), accepted())
  expect(await place()).toEqual({ kind: 'accepted', orderId: 'the-order', isReplay: false })
  expect(keys).toEqual(['my-key', 'my-key'])
})

test('a refusal is final', async () => {
  const { keys, place } = await serviceAnswering(answer(409, { code: 'SOLD_OUT' }))
  expect(await place()).toEqual({ kind: 'refused', code: 'SOLD_OUT' })
  expect(keys).toHaveLength(1)
})

test('a fault of the service is neither a refusal nor an acceptance', async () => {
  const { place } = await serviceAnswering(answer(500, { code: 'INTERNAL' }))
  expect(await place()).toEqual({ kind: 'none', why: 'INTERNAL' })
})
