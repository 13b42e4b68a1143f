import { Type, type Static } from 'typebox'
import { closedObject, Id, IdInPath, Moment, printedText } from './fields.ts'
import { FeedCursor, OrderEventTypeField } from './order-events.ts'
import { nextCursorField, pageFields } from './paging.ts'

const Url = Type.String({
  minLength: 1,
  maxLength: 2_000,
  pattern: '^[!-~]+$',
  description: 'Where to send: https://, without user, password and #fragment, in the public internet.',
})
const Description = printedText(200)
const Types = Type.Array(OrderEventTypeField, {
  uniqueItems: true,
  maxItems: 20,
  description: 'The events to send. None: all of them, also types that come later.',
})

export const CreateWebhookEndpointBody = closedObject({
  url: Url,
  description: Type.Optional(Description),
  types: Type.Optional(Types),
  after: Type.Optional({
    ...FeedCursor,
    description: 'A cursor of GET /v1/ops/order-events, behind which to begin. Absent: with what happens from now on.',
  }),
})
export type CreateWebhookEndpointBody = Static<typeof CreateWebhookEndpointBody>

export const ChangeWebhookEndpointBody = closedObject({
  url: Type.Optional(Url),
  description: Type.Optional(Description),
  types: Type.Optional(Types),
})
export type ChangeWebhookEndpointBody = Static<typeof ChangeWebhookEndpointBody>

export const WebhookEndpointParams = closedObject({ endpointId: IdInPath })
export type WebhookEndpointParams = Static<typeof WebhookEndpointParams>

export const webhookEndpointStates = ['active', 'paused', 'failed'] as const

export const WebhookEndpoint = closedObject(
  {
    endpointId: Id,
    url: Type.String(),
    description: Type.String(),
    types: Type.Array(OrderEventTypeField, { description: 'None: all of them.' }),
    state: Type.Enum(webhookEndpointStates, {
      type: 'string',
      description:
        '`paused`: by an operator; `failed`: paused by the service, since it failed for a day or answered 410.',
    }),
    createdAt: Moment,
    lastDeliveredAt: Type.Optional(Moment),
    failing: Type.Optional(
      closedObject(
        {
          since: Moment,
          tries: Type.Integer({ minimum: 1, description: 'How often the event at which it stands was sent.' }),
          failure: Type.String({ description: 'Why the last try failed.' }),
          nextTryAt: Type.Optional(Moment),
        },
        'Absent while what is sent is delivered.',
      ),
    ),
    deadLetters: Type.Integer({ minimum: 0, description: 'Events that it refused for good.' }),
  },
  'A program that is told of changes of orders. Its secret is read by a call of its own.',
)
export type WebhookEndpoint = Static<typeof WebhookEndpoint>

export const WebhookEndpoints = closedObject(
  { endpoints: Type.Array(WebhookEndpoint) },
  'All webhook endpoints, the oldest first; at most 100.',
)
export type WebhookEndpoints = Static<typeof WebhookEndpoints>

export const WebhookSecret = closedObject(
  { secret: Type.String({ description: '`whsec_` and base64, as Standard Webhooks has it.' }) },
  'The secret that signs what is sent to the endpoint.',
)
export type WebhookSecret = Static<typeof WebhookSecret>

export const DeletedWebhookEndpoint = closedObject({ endpointId: Id }, 'Nothing more is sent to the endpoint.')
export type DeletedWebhookEndpoint = Static<typeof DeletedWebhookEndpoint>

export const WebhookTest = closedObject(
  {
    endpointId: Id,
    isDelivered: Type.Boolean({ description: 'The endpoint answered 2xx in time.' }),
    failure: Type.Optional(Type.String()),
  },
  'What came of a `webhook.test` message, sent once.',
)
export type WebhookTest = Static<typeof WebhookTest>

export const DeadLettersQuery = closedObject(pageFields)
export type DeadLettersQuery = Static<typeof DeadLettersQuery>

export const DeadLetterParams = closedObject({ deadLetterId: IdInPath })
export type DeadLetterParams = Static<typeof DeadLetterParams>

export const DeadLetter = closedObject({
  deadLetterId: Id,
  endpointId: Id,
  eventId: Type.String({ description: 'The order and the status that the endpoint refused to hear of.' }),
  failure: Type.String(),
  tries: Type.Integer({ minimum: 1 }),
  diedAt: Moment,
  isReplayed: Type.Boolean({ description: 'It was asked for again, and is sent soon.' }),
})
export type DeadLetter = Static<typeof DeadLetter>

export const DeadLetters = closedObject(
  { deadLetters: Type.Array(DeadLetter), ...nextCursorField },
  'Events that endpoints refused for good, the newest first.',
)
export type DeadLetters = Static<typeof DeadLetters>

export const WorkedOffDeadLetter = closedObject({ deadLetterId: Id }, 'It is sent again soon, or not listed any more.')
export type WorkedOffDeadLetter = Static<typeof WorkedOffDeadLetter>
