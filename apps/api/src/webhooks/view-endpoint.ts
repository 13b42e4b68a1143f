import { orderEventType, statusOfEventType, type OrderEventType } from '@flash-sale/contract/order-events'
import type { WebhookEndpoint } from '@flash-sale/contract/webhooks'
import type { Endpoint } from '@flash-sale/database/webhooks/endpoints'

/** What an operator sees of an endpoint. */
export function viewEndpoint(endpoint: Endpoint): WebhookEndpoint {
  const { id, url, description, statuses, state, createdAt, lastDeliveredAt, deadLetterCount } = endpoint
  return {
    endpointId: id,
    url,
    description,
    types: statuses.map(orderEventType),
    state,
    createdAt: createdAt.toISOString(),
    ...(lastDeliveredAt && { lastDeliveredAt: lastDeliveredAt.toISOString() }),
    ...failingOf(endpoint),
    deadLetters: deadLetterCount,
  }
}

function failingOf({
  state,
  failingSince,
  tryCount,
  lastFailure,
  nextTryAt,
}: Endpoint): Pick<WebhookEndpoint, 'failing'> {
  if (!failingSince || lastFailure === null) return {}
  const isTried = state === 'active' && nextTryAt !== null
  const since = failingSince.toISOString()
  return {
    failing: { since, tries: tryCount, failure: lastFailure, ...(isTried && { nextTryAt: nextTryAt.toISOString() }) },
  }
}

/** The statuses whose events an endpoint is sent. */
export function statusesOf(types: readonly OrderEventType[]) {
  return types.map(statusOfEventType)
}
