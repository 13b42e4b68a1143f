import { Type, type Static } from 'typebox'
import { closedObject, OrderId } from './fields.ts'

interface CatalogueEntry {
  readonly status: number
  readonly title: string
  /** What the client can do about it. */
  readonly detail: string
  /** How long to wait before the next try, in ms. Every 503 has one. */
  readonly retryAfterMs?: number
  /** The WWW-Authenticate header: how to sign in. Every 401 has one. */
  readonly challenge?: string
}

/** Every way in which the service says no: the only place that maps a code to HTTP. */
export const problemCatalogue = {
  INVALID_REQUEST: {
    status: 400,
    title: 'The request is not valid',
    detail: 'Correct the request as the API description says; sending it again unchanged will not help.',
  },
  WEBHOOK_NOT_VERIFIED: {
    status: 400,
    title: 'The webhook cannot be verified',
    detail: 'Its signature is missing, wrong or too old. Sign it with the secret that this service has.',
  },
  UNAUTHORIZED: {
    status: 401,
    title: 'Not signed in',
    detail: 'Send a valid, unexpired token as "Authorization: Bearer ...".',
    challenge: 'Bearer realm="flash-sale"',
  },
  FORBIDDEN: {
    status: 403,
    title: 'Not allowed',
    detail: 'This token does not give access here.',
  },
  SALE_NOT_FOUND: {
    status: 404,
    title: 'No such sale',
    detail: 'Check the sale id; GET /v1/sales lists the sales that are on, with ?state=closed those that are over.',
  },
  ITEM_NOT_FOUND: {
    status: 404,
    title: 'No such item',
    detail: 'Check the item id; GET /v1/sales lists every item on sale.',
  },
  ORDER_NOT_FOUND: {
    status: 404,
    title: 'No such order',
    detail: 'There is no order with this id among your orders.',
  },
  JOB_NOT_FOUND: {
    status: 404,
    title: 'No such failed job',
    detail: 'It may have been retried or swept up already; GET /v1/ops/jobs/failed lists those that failed.',
  },
  QUARANTINED_NOT_FOUND: {
    status: 404,
    title: 'There is nothing in quarantine under this id',
    detail: 'Check the id; what was replayed or discarded is not there any more.',
  },
  WEBHOOK_ENDPOINT_NOT_FOUND: {
    status: 404,
    title: 'No such webhook endpoint',
    detail: 'Check the id; GET /v1/ops/webhook-endpoints lists the endpoints.',
  },
  DEAD_LETTER_NOT_FOUND: {
    status: 404,
    title: 'No such dead letter',
    detail: 'It was delivered or discarded since; GET /v1/ops/dead-letters lists those that are left.',
  },
  UNKNOWN_MONEY_NOT_FOUND: {
    status: 404,
    title: 'No such unknown money',
    detail: 'An operator dealt with it since; GET /v1/ops/unknown-money lists what is left.',
  },
  ROUTE_NOT_FOUND: {
    status: 404,
    title: 'Nothing here',
    detail: 'Check the path; /docs lists every route.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'Not with this method',
    detail: 'The Allow header lists the methods that this path takes.',
  },
  SOLD_OUT: {
    status: 409,
    title: 'Sold out',
    detail: 'Fewer units are left than you asked for. More may come if the item is restocked.',
  },
  LIMIT_REACHED: {
    status: 409,
    title: 'Purchase limit reached',
    detail:
      'With this order you would hold more units of the item than one buyer may; orderIds are your orders that count.',
  },
  ORDER_REJECTED: {
    status: 409,
    title: 'The order was rejected',
    detail:
      'The order was accepted, but could not be stored. Nothing was sold; order again with a new idempotency key.',
  },
  ORDER_PAID: {
    status: 409,
    title: 'The order is paid',
    detail: 'A paid order is cancelled by the shop, which gives the money back; ask the shop.',
  },
  ORDER_ENDED: {
    status: 409,
    title: 'The order has ended',
    detail: 'Read the order to see how it ended; its status changes no more.',
  },
  SALE_NOT_OPEN: {
    status: 409,
    title: 'The sale is not open yet',
    detail: 'Try again when the sale opens.',
  },
  SALE_ALREADY_CLOSED: {
    status: 409,
    title: 'The sale is closed',
    detail: 'A sale that was closed or has ended stays closed; create another.',
  },
  CURSOR_NOT_KNOWN: {
    status: 409,
    title: 'The database does not have the event of this cursor',
    detail:
      'Postgres was restored from an older copy, or is another one: from here on events would be missing. Read again from an earlier cursor, or without one; eventId tells which events you know.',
  },
  PAYMENTS_OFF: {
    status: 409,
    title: 'There is no payment provider',
    detail: 'Nothing can be paid here. An operator has to set PAYMENT_PROVIDER for the API and the worker.',
  },
  ORDER_NOT_PAYABLE: {
    status: 409,
    title: 'The order is not to be paid',
    detail: 'The sale of this order asks for no payment.',
  },
  ORDER_NOT_PAID: {
    status: 409,
    title: 'The order is not paid',
    detail: 'Only a paid order can be refunded.',
  },
  FORMER_SECRET_SIGNS: {
    status: 409,
    title: 'The former secret still signs',
    detail:
      'The secret was rotated less than 24 hours ago. Rotate it again after that, or create a new endpoint if both secrets are known to others.',
  },
  TOTAL_BELOW_TAKEN: {
    status: 409,
    title: 'More units are taken than that',
    detail: 'Give a total that is not below the units taken by orders; cancel orders first to go lower.',
  },
  SALE_CLOSED: {
    status: 410,
    title: 'The sale is over',
    detail: 'This sale takes no more orders.',
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    title: 'The body is too large',
    detail: 'Send a smaller body.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'The body is not JSON',
    detail: 'Send the body as "Content-Type: application/json".',
  },
  EXPECTATION_FAILED: {
    status: 417,
    title: 'The expectation cannot be met',
    detail: 'Leave the header Expect out, or send "Expect: 100-continue".',
  },
  KEY_CONFLICT: {
    status: 422,
    title: 'The idempotency key was used for another request',
    detail: 'Use a new key for a new order; repeat a key only with the same item and quantity.',
  },
  INTERNAL: {
    status: 500,
    title: 'Something went wrong on our side',
    detail: 'This is a fault of the service. It was logged.',
  },
  SALE_PAUSED: {
    status: 503,
    title: 'The sale is paused',
    detail: 'Try again with the same idempotency key after the given time.',
    retryAfterMs: 2_000,
  },
  BUSY: {
    status: 503,
    title: 'The item is being worked on',
    detail: 'Nothing was taken. Try again with the same idempotency key after the given time.',
    retryAfterMs: 500,
  },
  OVERLOADED: {
    status: 503,
    title: 'Too many orders at once',
    detail: 'Nothing was taken. Try again with the same idempotency key after the given time.',
    retryAfterMs: 1_000,
  },
  OUTCOME_UNKNOWN: {
    status: 503,
    title: 'It is not known whether the order was accepted',
    detail: 'Read the order by its id, or send it again with the same idempotency key: it cannot be taken twice.',
    retryAfterMs: 1_000,
  },
  ORDER_NOT_STORED_YET: {
    status: 503,
    title: 'The order is not stored yet',
    detail:
      'Nothing was changed. The order is accepted and on its way to the database; try again after the given time.',
    retryAfterMs: 1_000,
  },
  UNAVAILABLE: {
    status: 503,
    title: 'Not available for the moment',
    detail: 'Try again with the same idempotency key after the given time.',
    retryAfterMs: 1_000,
  },
} as const satisfies Record<string, CatalogueEntry>

export type ProblemCode = keyof typeof problemCatalogue

export function isProblemCode(code: unknown): code is ProblemCode {
  return typeof code === 'string' && Object.hasOwn(problemCatalogue, code)
}

export const problemCodes = Object.keys(problemCatalogue).filter(isProblemCode)

/** Most orders that a refusal names. */
export const orderIdsMax = 100

/** The body of every answer that is not a success (RFC 9457, application/problem+json). */
export const Problem = closedObject({
  type: Type.String({ description: 'A stable name of the kind of problem.' }),
  title: Type.String(),
  status: Type.Integer({ minimum: 400, maximum: 599 }),
  code: Type.Enum(problemCodes, { type: 'string' }),
  detail: Type.String({ description: 'What to do about it.' }),
  orderId: Type.Optional(OrderId),
  orderIds: Type.Optional(
    Type.Array(OrderId, {
      maxItems: orderIdsMax,
      description:
        'LIMIT_REACHED: your orders of the item that count against the limit, the newest first. Absent when they could not be looked up at once.',
    }),
  ),
  retryAfterMs: Type.Optional(
    Type.Integer({ minimum: 0, description: 'When to try again, in ms; the Retry-After header has it in seconds.' }),
  ),
})
export type Problem = Static<typeof Problem>

export const problemContentType = 'application/problem+json'

/** What one occurrence may say beyond its catalogue entry. Undefined means: as in the catalogue. */
export interface ProblemExtras {
  readonly detail?: string | undefined
  readonly orderId?: string | undefined
  readonly orderIds?: readonly string[] | undefined
  /** In ms. */
  readonly retryAfterMs?: number | undefined
}

/** The problem body for a code. */
export function problemOf(code: ProblemCode, extras: ProblemExtras = {}): Problem {
  const entry: CatalogueEntry = problemCatalogue[code]
  const retryAfterMs = extras.retryAfterMs ?? entry.retryAfterMs
  return {
    type: `urn:flash-sale:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title: entry.title,
    status: entry.status,
    code,
    detail: extras.detail ?? entry.detail,
    ...(extras.orderId !== undefined && { orderId: extras.orderId }),
    ...(extras.orderIds !== undefined && { orderIds: [...extras.orderIds] }),
    ...(retryAfterMs !== undefined && { retryAfterMs: Math.max(0, Math.ceil(retryAfterMs)) }),
  }
}
