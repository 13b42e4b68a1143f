import { createAuthHooks } from '@flash-sale/api/auth/require-auth'
import { createVerifyBuyer } from '@flash-sale/api/auth/verify-buyer'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { fastify } from 'fastify'

/** Fastify as the bench's own servers have it: it judges bodies as the API does, and the API's own token check if there is a secret. */
export function createOrderApp(jwtSecret: string | undefined) {
  const app = fastify({
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.decorateRequest('buyer', '')
  if (jwtSecret) {
    const { buyer } = createAuthHooks({ verifyBuyer: createVerifyBuyer(jwtSecret), verifyOps: () => false })
    app.addHook('onRequest', buyer)
  }
  return app
}

/** On 127.0.0.1, wherever a port is free. */
export const anyPort = { host: '127.0.0.1', port: 0 }
