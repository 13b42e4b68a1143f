import { Type, type Static } from 'typebox'
import { closedObject, Id, IdInPath, Moment } from './fields.ts'
import { nextCursorField, pageFields } from './paging.ts'

/** A sale's trail includes the acts on its items. */
export const AuditTrailQuery = closedObject({
  saleId: Type.Optional(IdInPath),
  itemId: Type.Optional(IdInPath),
  ...pageFields,
})
export type AuditTrailQuery = Static<typeof AuditTrailQuery>

/** What the audit trail tells of. The pages have words for each. */
export const auditActions = [
  'create',
  'pause',
  'resume',
  'close',
  'restock',
  'total',
  'rebuild',
  'suspend',
  'restore',
  'adopt',
  'loss',
  'cancel',
  'refund',
  'unknown payment',
  'resolve-unknown-money',
  'replay',
  'discard',
  'retry',
  'export',
  'queue',
  'create-webhook-endpoint',
  'change-webhook-endpoint',
  'pause-webhook-endpoint',
  'resume-webhook-endpoint',
  'rotate-webhook-secret',
  'test-webhook-endpoint',
  'delete-webhook-endpoint',
  'replay-dead-letter',
  'discard-dead-letter',
] as const
export type AuditAction = (typeof auditActions)[number]

/** An audit event says who did what. It is not an item's audit, which counts units. */
export const AuditTrailEvent = closedObject({
  eventId: Type.Integer({ minimum: 1 }),
  at: Moment,
  actor: Type.String({ description: '`ops` for an operator; `worker` and `api` for repairs of the service itself.' }),
  action: Type.String({ description: 'create, pause, resume, close, restock, rebuild, retry, export and others.' }),
  saleId: Type.Optional(Type.Integer({ minimum: 1, description: 'Of an act on an item, the sale of the item.' })),
  saleName: Type.Optional(Type.String()),
  itemId: Type.Optional(Id),
  itemName: Type.Optional(Type.String()),
  detail: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]), {
    description:
      'What else there is to say. A retry, and a change on the queue page, is told before it is done: its `outcome` is UNKNOWN until it is DONE or REFUSED.',
  }),
})
export type AuditTrailEvent = Static<typeof AuditTrailEvent>

export const AuditTrail = closedObject(
  { events: Type.Array(AuditTrailEvent), ...nextCursorField },
  'What was done to sales and items, the newest first.',
)
export type AuditTrail = Static<typeof AuditTrail>
