import { SignIn } from '@flash-sale/contract/sign-in'
import type { Api, ApiSecrets } from '../api-context.ts'
import { withHeaders } from '../docs/answer-headers.ts'

const schema = {
  operationId: 'readSignIn',
  summary: 'Read where buyers sign in',
  description:
    'A page adds `return_to` with its own address. The sign-in sends the buyer there, with `#token=JWT` behind it.',
  tags: ['sales'],
  response: { 200: withHeaders(SignIn, 'cache-control') },
}

/** GET /v1/sign-in */
export function readSignInRoute(app: Api, { signInUrl, devTokens }: Pick<ApiSecrets, 'signInUrl' | 'devTokens'>): void {
  const signIn: SignIn = { ...(signInUrl !== undefined && { url: signInUrl }), makesTokens: devTokens }
  app.get('/v1/sign-in', { schema }, async (_request, reply) =>
    reply.header('cache-control', 'public, max-age=60').send(signIn),
  )
}
