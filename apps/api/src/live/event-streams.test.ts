import { connect, type AddressInfo } from 'node:net'
import { eventually } from '@flash-sale/testing/eventually'
import { fastify } from 'fastify'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Api } from '../api-context.ts'
import { openStream } from '../testing/open-stream.fixture.ts'
import { createEventStreams, eventOf, type EventStream } from './event-streams.ts'

const heartbeatEveryMs = 15_000

/** A server of streams and nothing else; `opened` are those that it opened, in order. */
async function startStreams(countMax: number) {
  const app = fastify() as unknown as Api
  const opened: EventStream[] = []
  let closedCount = 0
  const streams = createEventStreams(app, countMax)
  app.get('/', async (_request, reply) => {
    const place = streams.take(reply)
    if (!place) return reply.code(503).send()
    opened.push(place.open(reply, () => void (closedCount += 1)))
    return reply
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => app.close())
  const { port } = app.server.address() as AddressInfo
  return { app, port, url: `http://127.0.0.1:${port}/`, opened, closedCount: () => closedCount }
}

test('a listener hears what is sent, word for word, and a stream that is ended ends', async () => {
  const { url, opened } = await startStreams(10)
  const stream = await openStream(url)
  opened[0]!.send(eventOf('first', { text: 'two\nlines, 秒杀' }, 7))
  opened[0]!.send(eventOf('second', null))
  opened[0]!.end()
  expect(await stream.ended).toBe(true)
  expect(stream.events).toMatchObject([
    { name: 'first', id: '7', data: { text: 'two\nlines, 秒杀' } },
    { name: 'second', id: undefined, data: null },
  ])
  expect(opened[0]!.offer(eventOf('late', null))).toBe(false)
})

test('no more listen than there are places, and a listener that goes gives its place back', async () => {
  const { url, closedCount } = await startStreams(2)
  const [first, second] = [await openStream(url), await openStream(url)]
  onTestFinished(second.leave)
  expect((await fetch(url)).status).toBe(503)
  first.leave()
  await eventually(() => closedCount() === 1, { what: 'the place to be free' })
  const third = await openStream(url)
  onTestFinished(third.leave)
  expect(third.response.status).toBe(200)
  expect((await fetch(url)).status).toBe(503)
})

test('what a slow listener has not taken is not piled up, and it hears the newest when it is back', async () => {
  const { port, opened } = await startStreams(1)
  const socket = connect({ port, host: '127.0.0.1' })
  onTestFinished(() => void socket.destroy())
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await eventually(() => opened.length === 1, { what: 'the stream' })
  const stream = opened[0]!
  const large = eventOf('large', 'x'.repeat(1_000_000))
  let takenCount = 0
  // What the kernel does not take at once stays with us: from then on everything is refused.
  while (takenCount < 100 && stream.offer(large)) takenCount += 1
  expect(takenCount).toBeLessThan(100)
  for (let i = 0; i < 50; i += 1) expect(stream.offer(large)).toBe(false)

  let heard = ''
  socket.on('data', (bytes) => (heard = heard.slice(-100) + bytes.toString()))
  await eventually(() => stream.offer(eventOf('newest', 1)), { what: 'the listener to catch up' })
  await eventually(() => heard.includes('event: newest'), { what: 'the newest event' })
})

test('a slow listener that has taken everything is offered something at once', async () => {
  const { port, opened } = await startStreams(1)
  const socket = connect({ port, host: '127.0.0.1' })
  onTestFinished(() => void socket.destroy())
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await eventually(() => opened.length === 1, { what: 'the stream' })
  const stream = opened[0]!
  const large = eventOf('large', 'x'.repeat(1_000_000))
  while (stream.offer(large));
  const offers: boolean[] = []
  stream.whenTaken(() => offers.push(stream.offer(eventOf('newest', 1))))
  await new Promise((resolve) => setImmediate(resolve))
  expect(offers).toEqual([])
  let heard = ''
  socket.on('data', (bytes) => (heard = heard.slice(-100) + bytes.toString()))
  await eventually(() => heard.includes('event: newest'), { what: 'the newest event' })
  expect(offers).toEqual([true])
})

test('requests sent behind a stream on its connection get none, and hold no place when the connection closes', async () => {
  const { port, opened, closedCount } = await startStreams(10)
  const socket = connect({ port, host: '127.0.0.1' })
  const answered = vi.fn<() => void>()
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(5))
  socket.once('data', answered)
  await eventually(() => answered.mock.calls.length > 0, { what: 'the first stream' })
  const other = await openStream(`http://127.0.0.1:${port}/`)
  onTestFinished(other.leave)
  expect(opened).toHaveLength(2)
  socket.destroy()
  await eventually(() => closedCount() === 1, { what: 'the place to be free' })
})

test('a listener that was slow twice, and caught up in between, is kept', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const { port, opened, closedCount } = await startStreams(1)
  const socket = connect({ port, host: '127.0.0.1' })
  onTestFinished(() => void socket.destroy())
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await eventually(() => opened.length === 1, { what: 'the stream' })
  const large = eventOf('large', 'x'.repeat(32_000_000))
  opened[0]!.offer(large)
  vi.advanceTimersByTime(heartbeatEveryMs)
  socket.resume()
  await eventually(() => opened[0]!.offer(large), { what: 'the listener to catch up' })
  vi.advanceTimersByTime(heartbeatEveryMs)
  await eventually(() => opened[0]!.offer(eventOf('newest', 1)), { what: 'the listener to catch up again' })
  expect(closedCount()).toBe(0)
})

test('when the server stops, streams end soon, also those whose listener takes nothing', async () => {
  const { app, url, port, opened } = await startStreams(2)
  const stream = await openStream(url)
  const stuck = connect({ port, host: '127.0.0.1' })
  stuck.on('error', () => undefined)
  stuck.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await eventually(() => opened.length === 2, { what: 'both streams' })
  stuck.pause()
  const large = eventOf('large', 'x'.repeat(8_000_000))
  expect(opened[1]!.offer(large)).toBe(true)
  expect(opened[1]!.offer(large)).toBe(false)
  const startedAtMs = performance.now()
  await app.close()
  expect(performance.now() - startedAtMs).toBeLessThan(10_000)
  expect(await stream.ended).toBe(true)
  stuck.destroy()
})
