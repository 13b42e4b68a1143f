import type { OrderEvents, OrderEventsQuery } from './order-events.ts'
import type { ActOptions, Outcome } from './outcome.ts'
import type {
  ChangeWebhookEndpointBody,
  CreateWebhookEndpointBody,
  DeadLetters,
  DeadLettersQuery,
  DeletedWebhookEndpoint,
  WebhookEndpoint,
  WebhookEndpoints,
  WebhookSecret,
  WebhookTest,
  WorkedOffDeadLetter,
} from './webhooks.ts'

/** How the client sends an operator's calls. Paths begin behind `/v1/ops`. */
export interface OpsCalls {
  readonly read: <Value>(path: string, query?: Readonly<Record<string, string | undefined>>) => Promise<Outcome<Value>>
  readonly operate: <Value>(path: string, body?: unknown, key?: ActOptions) => Promise<Outcome<Value>>
}

/** The calls of the shop's backend: the feed of orders, and webhooks. */
export function feedCalls({ read, operate }: OpsCalls) {
  return {
    /** Changes of orders behind the cursor `after`. `wait` must be shorter than the client's own bound. */
    readOrderEvents: (query: OrderEventsQuery = {}) => read<OrderEvents>('/order-events', query),
    createWebhookEndpoint: (body: CreateWebhookEndpointBody, key?: ActOptions) =>
      operate<WebhookEndpoint>('/webhook-endpoints', body, key),
    listWebhookEndpoints: () => read<WebhookEndpoints>('/webhook-endpoints'),
    readWebhookEndpoint: (endpointId: number) => read<WebhookEndpoint>(at(endpointId)),
    readWebhookSecret: (endpointId: number) => read<WebhookSecret>(`${at(endpointId)}/secret`),
    changeWebhookEndpoint: (endpointId: number, body: ChangeWebhookEndpointBody, key?: ActOptions) =>
      operate<WebhookEndpoint>(`${at(endpointId)}/change`, body, key),
    pauseWebhookEndpoint: (endpointId: number, key?: ActOptions) =>
      operate<WebhookEndpoint>(`${at(endpointId)}/pause`, undefined, key),
    resumeWebhookEndpoint: (endpointId: number, key?: ActOptions) =>
      operate<WebhookEndpoint>(`${at(endpointId)}/resume`, undefined, key),
    rotateWebhookSecret: (endpointId: number, key?: ActOptions) =>
      operate<WebhookEndpoint>(`${at(endpointId)}/rotate-secret`, undefined, key),
    testWebhookEndpoint: (endpointId: number, key?: ActOptions) =>
      operate<WebhookTest>(`${at(endpointId)}/test`, undefined, key),
    deleteWebhookEndpoint: (endpointId: number, key?: ActOptions) =>
      operate<DeletedWebhookEndpoint>(`${at(endpointId)}/delete`, undefined, key),
    listDeadLetters: (query: DeadLettersQuery = {}) => read<DeadLetters>('/dead-letters', query),
    replayDeadLetter: (deadLetterId: number, key?: ActOptions) =>
      operate<WorkedOffDeadLetter>(`/dead-letters/${deadLetterId}/replay`, undefined, key),
    discardDeadLetter: (deadLetterId: number, key?: ActOptions) =>
      operate<WorkedOffDeadLetter>(`/dead-letters/${deadLetterId}/discard`, undefined, key),
  }
}

function at(endpointId: number): string {
  return `/webhook-endpoints/${endpointId}`
}
