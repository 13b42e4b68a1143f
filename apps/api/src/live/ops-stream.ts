import { Type } from 'typebox'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import type { Api, ApiContext } from '../api-context.ts'
import { describeHeaders } from '../docs/answer-headers.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { createEventStreams, eventOf } from './event-streams.ts'
import { createLiveFrames } from './live-frames.ts'

const schema = {
  operationId: 'watchSales',
  summary: 'Watch the sales live',
  description: [
    'Server-sent events. The first event is `history`: the rates of each second of the last five minutes, or those after the',
    '`Last-Event-ID`. Then `frame` comes at once and at each change, at most four times a second: the items of sales that are on or',
    'ended less than an hour ago, the rates of the last second, and the processes. The first frame has all items, later frames have',
    'those that changed. A listener that is too slow misses frames, and then gets one with all items.',
  ].join('\n'),
  tags: ['ops'],
  security: [{ ops: [] }],
  headers: Type.Object({ 'last-event-id': Type.Optional(Type.String()) }),
  response: {
    200: {
      description: 'The stream.',
      headers: describeHeaders(['cache-control']),
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    },
    ...problemAnswers('UNAUTHORIZED', 'FORBIDDEN', 'OVERLOADED', 'UNAVAILABLE'),
  },
}

/** Open dashboards of this process. */
const streamCountMax = 200
const firstFrameMs = 3_000

/** GET /v1/ops/stream */
export function opsStreamRoute(app: Api, context: ApiContext): void {
  const streams = createEventStreams(app, streamCountMax)
  const frames = createLiveFrames(context, app.log)
  app.addHook('preClose', (done) => {
    frames.close()
    done()
  })

  app.get('/v1/ops/stream', { schema, exposeHeadRoute: false }, async (request, reply) => {
    const place = streams.take(reply)
    if (!place)
      return sendProblem(reply, 'OVERLOADED', {
        detail: 'Too many dashboards are open; try again after the given time.',
      })
    const frame = await firstFrame().catch((error: unknown) => {
      place.leave()
      throw error
    })
    const stream = place.open(reply, () => stopListening())
    stream.send(eventOf('history', frames.historyAfter(idOf(request.headers['last-event-id']))))
    stream.send(frame)
    let tookLast = false
    const stopListening = frames.listen(({ changes, whole }) => {
      tookLast = stream.offer(tookLast ? changes : whole())
    })
    return reply
  })

  async function firstFrame(): Promise<Buffer> {
    const stopListening = frames.listen(() => undefined)
    try {
      return await answerWithin(frames.current(), firstFrameMs, 'the stores')
    } finally {
      stopListening()
    }
  }
}

/** The time of the newest rates that a listener has, in ms; 0 if it has none, or sends another text. */
function idOf(lastEventId: string | undefined): number {
  return /^\d{1,15}$/.test(lastEventId ?? '') ? Number(lastEventId) : 0
}
