import { OrderAccepted, PlaceOrderBody } from '@flash-sale/contract/orders'
import { announceReady } from '@flash-sale/runtime/announce-ready'
import { anyPort, createOrderApp } from './order-app.ts'

/** An order route that does nothing: the same Fastify, schema and body, answering 202 at once. BARE_TOKENS: after the token check. */
const { JWT_SECRET: jwtSecret, BARE_TOKENS: checksTokens } = process.env
const app = createOrderApp(checksTokens ? jwtSecret : undefined)
const orderId = '0000002a-0000-8000-8000-000000000000'

// Not async, like the API's own route, since that is the cheapest form.
app.post('/v1/orders', { schema: { body: PlaceOrderBody, response: { 202: OrderAccepted } } }, (request, reply) => {
  const { itemId, quantity } = request.body
  reply.code(202).header('location', `/v1/orders/${orderId}`)
  void reply.send({ orderId, itemId, quantity, status: 'accepted' })
})

// As long as the API's: otherwise the system drops connections of a crowd, and buyers wait for that instead of for the server.
announceReady(await app.listen({ ...anyPort, backlog: 16_384 }))
