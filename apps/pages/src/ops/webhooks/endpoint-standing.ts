import type { WebhookEndpoint } from '@flash-sale/contract/webhooks'

/** Whether an endpoint gets what happens, as an operator has to know it. */
export type EndpointStanding = 'delivering' | 'waiting' | 'failing' | 'failed' | 'paused'

/** `waiting`: nothing has been delivered yet. `failed`: the service gave up, and the endpoint waits for an operator. `failing`: it is still tried. */
export function standingOf({
  state,
  failing,
  lastDeliveredAt,
}: Pick<WebhookEndpoint, 'state' | 'failing' | 'lastDeliveredAt'>): EndpointStanding {
  if (state !== 'active') return state
  if (failing) return 'failing'
  return lastDeliveredAt === undefined ? 'waiting' : 'delivering'
}
