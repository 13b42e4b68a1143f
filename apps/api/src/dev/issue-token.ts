import { DevToken, DevTokenBody } from '@flash-sale/contract/tokens'
import { createSigner } from 'fast-jwt'
import type { Api } from '../api-context.ts'
import { problemAnswers } from '../problems/problem-answers.ts'

const schema = {
  operationId: 'makeDevToken',
  summary: 'Make yourself a buyer (development only)',
  tags: ['development'],
  body: DevTokenBody,
  response: { 200: DevToken, ...problemAnswers('INVALID_REQUEST', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE') },
}

const tokenLifeMs = 24 * 60 * 60 * 1_000

/** POST /v1/dev/tokens, only where DEV_TOKENS=true: in production the shop's own sign-in makes the tokens. */
export function issueTokenRoute(app: Api, jwtSecret: string): void {
  const sign = createSigner({ key: jwtSecret, algorithm: 'HS256', expiresIn: tokenLifeMs })
  app.post('/v1/dev/tokens', { schema }, async (request, reply) =>
    reply.send({ token: sign({ sub: request.body.buyer }) }),
  )
}
