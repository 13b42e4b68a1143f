import { OpsSession } from '@flash-sale/contract/ops'
import type { Api } from '../api-context.ts'
import type { OpsSessions } from '../auth/ops-session.ts'
import { withHeaders } from '../docs/answer-headers.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { takeNoBody } from './take-no-body.ts'

const schema = {
  operationId: 'openOpsSession',
  summary: "Open the queue's page to this browser for a limited time",
  description:
    'A browser that follows a link cannot send the key, so this call sets a cookie for /ops/queue alone. The service stores nothing, so the call takes no Idempotency-Key.',
  tags: ['ops'],
  security: [{ ops: [] }],
  response: {
    200: withHeaders(OpsSession, 'set-cookie', 'cache-control'),
    ...problemAnswers('INVALID_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN'),
  },
}

/** POST /v1/ops/session */
export function openSessionRoute(app: Api, sessions: OpsSessions): void {
  app.post('/v1/ops/session', { schema, preHandler: takeNoBody }, async (request, reply) => {
    // A false claim of TLS can only make the cookie stricter. Of several proxies the first one names what the browser uses.
    const cameByTls = /^https\b/.test(String(request.headers['x-forwarded-proto']))
    const { cookie, expiresAtMs } = sessions.open(cameByTls)
    return reply
      .header('set-cookie', cookie)
      .header('cache-control', 'no-store')
      .send({ expiresAt: new Date(expiresAtMs).toISOString() })
  })
}
