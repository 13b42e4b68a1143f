import { FollowSalesQuery } from '@flash-sale/contract/sales-events'
import type { Api, ApiContext } from '../api-context.ts'
import { describeHeaders } from '../docs/answer-headers.ts'
import { createEventStreams } from '../live/event-streams.ts'
import { openFilesMax } from '../live/open-files-max.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { refuseMethod } from '../http/known-paths.ts'
import { followFrames } from './follow-frames.ts'
import type { HeadStart } from './head-start.ts'
import { createSalesBroadcast } from './sales-broadcast.ts'

const schema = {
  operationId: 'followSales',
  summary: 'Follow the sales and their stock',
  description: [
    'Server-sent events. The first event is `sales`: all sales on the stream. Then `sales` tells of new, changed and ended sales, and `stock`',
    'of changed numbers. A sale that opens or ends by the clock is no event. Sold out, pause and new sales are told within about two seconds;',
    'other numbers as often as the number of listeners allows. That a sold-out item has units again is told as soon to the listeners that',
    'named it in `first`, and two seconds later to the others; all else is the same for everybody. `away` tells that the stores do not answer;',
    'the next event of another name ends this. A listener that is too slow misses events, and then gets all sales.',
  ].join('\n'),
  tags: ['sales'],
  querystring: FollowSalesQuery,
  response: {
    200: {
      description: 'The stream.',
      headers: describeHeaders(['cache-control']),
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    },
    ...problemAnswers('INVALID_REQUEST', 'OVERLOADED', 'UNAVAILABLE'),
  },
}

/** Open shop pages of this process. Each holds a socket. */
const streamCountMax = 10_000
/** The streams take at most this share of the sockets, so that orders always have some. */
const shareOfFiles = 0.6
/** Pages that lost their streams together come back over this time, in ms. */
const retryMs = { least: 1_000, most: 5_000 }
/** A page without a stream reads the sale every few seconds, so it need not ask for a place often. */
const refusedForMs = 30_000

/** GET /v1/sales/events, for at most `wantedCountMax` pages at a time. */
export function salesEventsRoute(
  app: Api,
  context: ApiContext,
  headStart: HeadStart,
  wantedCountMax = streamCountMax,
): void {
  const countMax = Math.min(wantedCountMax, Math.floor(openFilesMax() * shareOfFiles))
  if (countMax < wantedCountMax) {
    app.log.warn(
      `this process may open few files: the stream of the sales takes ${countMax} pages, not ${wantedCountMax}`,
    )
  }
  const streams = createEventStreams(app, countMax, () =>
    Math.round(retryMs.least + Math.random() * (retryMs.most - retryMs.least)),
  )
  const sales = createSalesBroadcast(context, headStart, app.log)
  app.addHook('preClose', (done) => {
    sales.close()
    done()
  })

  // Otherwise `GET /v1/sales/:saleId` would take it for the number of a sale.
  refuseMethod(app, 'HEAD', '/v1/sales/events')
  app.get('/v1/sales/events', { schema, exposeHeadRoute: false }, async (request, reply) => {
    const place = streams.take(reply)
    if (!place) {
      const detail =
        'Too many pages follow the sales at this process. Read the sale, or follow the sales after the given time.'
      return sendProblem(reply, 'OVERLOADED', { detail, retryAfterMs: refusedForMs })
    }
    const first = [...new Set(request.query.first?.split(',').map(Number))].toSorted((a, b) => a - b)
    const firstEvent = await sales.firstEvent(first).catch((error: unknown) => {
      place.leave()
      throw error
    })
    const stream = place.open(reply, () => stopListening())
    stream.send(firstEvent)
    const stopListening = followFrames(stream, (listener) => sales.listen(listener, first))
    return reply
  })
}
