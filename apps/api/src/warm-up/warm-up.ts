import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { createReservationBatcher } from '@flash-sale/stock/reservation-batcher'
import { createSigner } from 'fast-jwt'
import type { Api, ApiContext } from '../api-context.ts'
import { createAuthHooks } from '../auth/require-auth.ts'
import { createVerifyBuyer } from '../auth/verify-buyer.ts'
import { orderBounds } from '../create-context.ts'
import { createOrderCounts } from '../live/count-orders.ts'
import { placeOrderRoute } from '../orders/place-order.ts'
import { pressOrders, type PressBounds } from './press-orders.ts'

/** About as many as the compiler needs to see. A starting process is held up for no longer than a second, on however slow a machine. */
const boundsDefault: PressBounds = { orderCount: 8_192, withinMs: 1_000 }

/**
 * Places made-up orders over HTTP at a server of its own on 127.0.0.1, so that the code which real orders go through is compiled before the
 * first of them. They touch no store: a ledger in memory accepts each of them and forgets it. They have a secret of their own, and no
 * counts see them. `app` is without routes. Resolves to how many were accepted.
 */
export async function warmUp(app: Api, context: ApiContext, bounds = boundsDefault): Promise<number> {
  const secret = randomBytes(32).toString('hex')
  const sign = createSigner({ key: secret, algorithm: 'HS256' })
  const hooks = createAuthHooks({ verifyBuyer: createVerifyBuyer(secret), verifyOps: () => false })
  app.addHook('onRequest', hooks.buyer)
  placeOrderRoute(app, { ...context, ...madeUpLedger(), counts: createOrderCounts() })
  try {
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.address() as AddressInfo
    return await pressOrders(port, (n) => sign({ sub: `warm-up-${n}` }), bounds)
  } finally {
    await app.close()
  }
}

function madeUpLedger(): Pick<ApiContext, 'ledgers' | 'batcher'> {
  const ledger = { itemId: 1, birth: '1', epoch: 1, sequence: 0, duplicateWindowMs: 0 }
  const find = async () => ledger
  const batcher = createReservationBatcher({
    ...orderBounds,
    send: async (_itemId, begin) => ({ kind: 'JUDGED', epoch: 1, verdicts: begin().map(() => 'RESERVED') }),
    onAccepted: () => undefined,
    onError: () => undefined,
  })
  return { batcher, ledgers: { get: () => ledger, find, refresh: find } }
}
