import type { OrderEvent } from '@flash-sale/contract/order-events'

/** What is sent to an endpoint. It is the same at each try. */
export interface WebhookMessage {
  /** The `webhook-id`, by which a receiver knows a message that it got before. */
  readonly id: string
  /** JSON. */
  readonly body: string
}

export function messageOfEvent(event: OrderEvent): WebhookMessage {
  return { id: event.eventId, body: JSON.stringify({ type: event.type, timestamp: event.at, data: event }) }
}

export const testEventType = 'webhook.test'

/** What a test call sends. */
export function testMessage(id: string, endpointId: number, at = new Date()): WebhookMessage {
  const body = JSON.stringify({ type: testEventType, timestamp: at.toISOString(), data: { endpointId } })
  return { id, body }
}
