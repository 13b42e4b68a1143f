import { OpsSession } from '@flash-sale/contract/ops'
import type { Api } from '../api-context.ts'
import type { OpsSessions } from '../auth/ops-session.ts'
import { withHeaders } from '../docs/answer-headers.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { takeNoBody } from './take-no-body.ts'

const schema = {
  operationId: 'openOpsSession',
  summary: "Open the queue's page to this browser for a while",
  description:
    'A browser that follows a link cannot send the key. The cookie that this sets is for /ops/queue only. Each call sets one and stores nothing, so it takes no Idempotency-Key.',
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
    // Who claims to have come by TLS can only make the cookie stricter.
    const { cookie, expiresAtMs } = sessions.open(request.headers['x-forwarded-proto'] === 'https')
    return reply
      .header('set-cookie', cookie)
      .header('cache-control', 'no-store')
      .send({ expiresAt: new Date(expiresAtMs).toISOString() })
  })
}
