import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { FastifyAdapter } from '@bull-board/fastify'
import helmet from '@fastify/helmet'
import { recordAct } from '@flash-sale/database/audit-events'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Api, ApiContext } from '../api-context.ts'
import type { OpsSessions } from '../auth/ops-session.ts'
import { pageSecurity } from '../pages/page-security.ts'
import { sendProblem } from '../problems/send-problem.ts'

export const bullBoardPath = '/ops/queue'

/** Ends the session of a browser. The dashboard calls it when the operator signs out, also if the service no longer takes the key. */
const endSessionPath = `${bullBoardPath}/end-session`

/** /ops/queue/: BullMQ's own page of the queue, for an operator with a session. The audit trail records each change made there. */
export async function bullBoardRoutes(app: Api, { queue, stores }: ApiContext, sessions: OpsSessions): Promise<void> {
  const serverAdapter = new FastifyAdapter().setBasePath(bullBoardPath)
  createBullBoard({
    queues: [new BullMQAdapter(queue, { description: 'The doorbell: each job announces an entry of an outbox.' })],
    serverAdapter,
    options: {
      uiConfig: {
        boardTitle: 'Flash sale: the queue',
        hideDocsLink: true,
        miscLinks: [{ text: 'Back to operations', url: '/ops' }],
      },
    },
  })
  const changes = new WeakMap<FastifyRequest, Awaited<ReturnType<typeof recordAct>>>()
  app.post(endSessionPath, { schema: { hide: true } }, (request, reply) =>
    isOfThisOrigin(request)
      ? reply.code(204).header('set-cookie', sessions.endingCookie).send()
      : sendProblem(reply, 'FORBIDDEN'),
  )
  await app.register(
    async (board: Api) => {
      board.addHook('onRequest', requireSession)
      board.addHook('preHandler', recordChange)
      board.addHook('onSend', recordOutcome)
      board.addHook('onSend', removeForeignFonts)
      // The page has styles in style attributes.
      await board.register(helmet, pageSecurity({ styleSrc: ["'self'", "'unsafe-inline'"] }))
      await board.register(serverAdapter.registerPlugin())
      board.get('/*', { schema: { hide: true } }, (_request, reply) => reply.callNotFound())
    },
    { prefix: bullBoardPath },
  )

  function requireSession(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
    if (!sessions.isOpen(request.headers.cookie)) {
      sendProblem(reply, 'UNAUTHORIZED', { detail: 'Open the queue from the dashboard at /ops, signed in.' })
    } else if (!isRead(request) && !isOfThisOrigin(request)) sendProblem(reply, 'FORBIDDEN')
    else done()
  }

  async function recordChange(request: FastifyRequest): Promise<void> {
    if (isRead(request)) return
    const call = `${request.method} ${request.url.slice(bullBoardPath.length)}`
    changes.set(request, await recordAct(stores.database, { actor: 'ops', action: 'queue', detail: { call } }))
  }

  async function recordOutcome(request: FastifyRequest, { statusCode }: FastifyReply): Promise<void> {
    // An error does not tell what was done before it.
    if (statusCode < 500) await changes.get(request)?.(statusCode < 400 ? 'DONE' : 'REFUSED')
  }
}

/** The page asks another host for its fonts, and has fonts of the reader's system without them. */
async function removeForeignFonts(_request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  const isPage = typeof payload === 'string' && String(reply.getHeader('content-type')).startsWith('text/html')
  return isPage ? payload.replaceAll(/<link href="https:[^>]*>\s*/g, '') : payload
}

function isRead({ method }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD'
}

/** A request that changes something must come from this very origin: SameSite also admits pages of other ports and subdomains. */
function isOfThisOrigin({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  // Browsers leave this header out over plain HTTP.
  return headers.origin !== undefined && URL.canParse(headers.origin) && new URL(headers.origin).host === headers.host
}
