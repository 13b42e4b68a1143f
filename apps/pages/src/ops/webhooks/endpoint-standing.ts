import type { WebhookEndpoint } from '@flash-sale/contract/webhooks'

/** Whether an endpoint gets what happens, as an operator has to know it. */
export type EndpointStanding = 'delivering' | 'failing' | 'failed' | 'paused'

/** `failed`: the service gave up, and the endpoint waits for an operator. `failing`: it is still tried. */
export function standingOf({ state, failing }: Pick<WebhookEndpoint, 'state' | 'failing'>): EndpointStanding {
  if (state !== 'active') return state
  return failing ? 'failing' : 'delivering'
}
