import { expect, test, vi } from 'vitest'
import { followStream, type StreamState } from './sse.ts'

interface Asked {
  readonly lastEventId: string | null
  readonly authorization: string | null
}

/** A service that gives one answer after the other, and notes how it was asked. */
function serveAnswers(...answers: (() => Response | Promise<Response>)[]) {
  const asked: Asked[] = []
  const fetch: typeof globalThis.fetch = async (_url, init) => {
    const headers = new Headers(init?.headers)
    asked.push({ lastEventId: headers.get('last-event-id'), authorization: headers.get('authorization') })
    const answer = answers.shift()
    if (!answer) throw new Error('asked once too often')
    return answer()
  }
  return { asked, fetch }
}

function streamOf(...parts: string[]): () => Response {
  return () => {
    const body = new ReadableStream({
      start(controller) {
        for (const part of parts) controller.enqueue(new TextEncoder().encode(part))
        controller.close()
      },
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
}

function problem(status: number, code: string): () => Response {
  return () => Response.json({ code, status, title: code, detail: code }, { status })
}

/** Takes the connection, and never says a word. */
const silent: typeof globalThis.fetch = (_url, init) =>
  new Promise((_, reject) => {
    init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
  })

/** Follows until as many events came, or the stream ended by itself. */
async function follow(fetch: typeof globalThis.fetch, eventCount: number, extras: { silentMsMax?: number } = {}) {
  const left = new AbortController()
  const events: { event: string | undefined; data: string }[] = []
  const states: StreamState['kind'][] = []
  await followStream({
    url: '/stream',
    bearer: 'the-key',
    signal: left.signal,
    fetch,
    ...extras,
    onState: ({ kind }) => states.push(kind),
    onEvent: ({ event, data }) => {
      events.push({ event, data })
      if (events.length === eventCount) left.abort()
    },
  })
  return { events, states }
}

test('an event that comes in pieces is one event, and the key goes in a header', async () => {
  const { asked, fetch } = serveAnswers(streamOf('id: 1\neve', 'nt: frame\ndata: {"a"', ':1}\n', '\n'))
  const { events } = await follow(fetch, 1)
  expect(events).toEqual([{ event: 'frame', data: '{"a":1}' }])
  expect(asked).toEqual([{ lastEventId: null, authorization: 'Bearer the-key' }])
})

test('a character that is cut in two by the network arrives whole', async () => {
  const bytes = new TextEncoder().encode('data: 限量\n\n')
  const answer = () => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(bytes.slice(0, 7))
        controller.enqueue(bytes.slice(7))
        controller.close()
      },
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
  const { events } = await follow(serveAnswers(answer).fetch, 1)
  expect(events).toEqual([{ event: undefined, data: '限量' }])
})

test('a stream that broke goes on after the last event that came', async () => {
  const { asked, fetch } = serveAnswers(streamOf('id: 41\ndata: one\n\n'), streamOf('id: 42\ndata: two\n\n'))
  const { events, states } = await follow(fetch, 2)
  expect(events.map(({ data }) => data)).toEqual(['one', 'two'])
  expect(asked.map(({ lastEventId }) => lastEventId)).toEqual([null, '41'])
  expect(states).toEqual(['connecting', 'open', 'waiting', 'connecting', 'open'])
})

test('a service that is away, overloaded or replaced by a proxy is asked again until it is back', async () => {
  const { fetch } = serveAnswers(
    () => Promise.reject(new TypeError('Failed to fetch')),
    problem(503, 'UNAVAILABLE'),
    () => new Response('<html>Bad Gateway</html>', { status: 502 }),
    () => new Response('<html>Sign in to the Wi-Fi</html>', { headers: { 'content-type': 'text/html' } }),
    streamOf('data: back\n\n'),
  )
  const { events, states } = await follow(fetch, 1)
  expect(events).toEqual([{ event: undefined, data: 'back' }])
  expect(states.filter((state) => state === 'waiting')).toHaveLength(4)
})

test('a key that the service refuses ends it, for asking again would not help', async () => {
  const { asked, fetch } = serveAnswers(problem(401, 'UNAUTHORIZED'))
  const { states } = await follow(fetch, 1)
  expect(states).toEqual(['connecting', 'refused'])
  expect(asked).toHaveLength(1)
})

test('a connection on which nothing comes any more is given up, and made anew', async () => {
  const { fetch: speaking } = serveAnswers(streamOf('data: alive\n\n'))
  const fetch = vi.fn<typeof globalThis.fetch>().mockImplementationOnce(silent).mockImplementation(speaking)
  const { events } = await follow(fetch, 1, { silentMsMax: 20 })
  expect(events).toEqual([{ event: undefined, data: 'alive' }])
})

test('a stream that the service ended is left when there is nothing to come', async () => {
  const { asked, fetch } = serveAnswers(streamOf('data: last\n\n'))
  await followStream({
    url: '/stream',
    bearer: undefined,
    signal: new AbortController().signal,
    fetch,
    onEvent: () => {},
    reconnectOnEnd: () => false,
  })
  expect(asked).toEqual([{ lastEventId: null, authorization: null }])
})
