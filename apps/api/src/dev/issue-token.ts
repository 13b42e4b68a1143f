import { DevToken, DevTokenBody } from '@flash-sale/contract/tokens'
import { Problem } from '@flash-sale/contract/problem'
import { createSigner } from 'fast-jwt'
import type { Api } from '../api-context.ts'

const schema = {
  summary: 'Make yourself a buyer (development only)',
  tags: ['development'],
  body: DevTokenBody,
  response: { 200: DevToken, 400: Problem },
}

const tokenLifeMs = 24 * 60 * 60 * 1_000

/** POST /v1/dev/tokens, only where DEV_TOKENS=true: in production the shop's own sign-in makes the tokens. */
export function issueTokenRoute(app: Api, jwtSecret: string): void {
  const sign = createSigner({ key: jwtSecret, algorithm: 'HS256', expiresIn: tokenLifeMs })
  app.post('/v1/dev/tokens', { schema }, async (request, reply) =>
    reply.send({ token: sign({ sub: request.body.buyer }) }),
  )
}
