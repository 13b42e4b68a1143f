import { Type, type Static } from 'typebox'
import { closedObject, Id, IdInPath, Moment } from './fields.ts'
import { nextCursorField, pageFields } from './paging.ts'

export const QuarantineQuery = closedObject(pageFields)
export type QuarantineQuery = Static<typeof QuarantineQuery>

export const QuarantinedParams = closedObject({ quarantineId: IdInPath })
export type QuarantinedParams = Static<typeof QuarantinedParams>

export const quarantinedKinds = ['order', 'entry'] as const

export const Quarantined = closedObject({
  quarantineId: Id,
  itemId: Id,
  kind: Type.Enum(quarantinedKinds, {
    type: 'string',
    description: '`order`: an accepted order that Postgres refused; `entry`: an outbox entry that is none of ours.',
  }),
  name: Type.String({ description: 'The id of the order, or of the entry.' }),
  why: Type.String(),
  content: Type.String({ description: 'What it is, as JSON, cut after 2,000 characters.' }),
  quarantinedAt: Moment,
})
export type Quarantined = Static<typeof Quarantined>

export const QuarantineList = closedObject(
  { quarantined: Type.Array(Quarantined), ...nextCursorField },
  'What waits in quarantine for an operator, the newest first.',
)
export type QuarantineList = Static<typeof QuarantineList>

const OrderCount = Type.Integer({ minimum: 0 })

export const ReplayedFromQuarantine = closedObject(
  {
    quarantineId: Id,
    taken: OrderCount,
    known: Type.Integer({ minimum: 0, description: 'The ledger knew them; a row that is `rejected` stays so.' }),
    rejected: Type.Integer({ minimum: 0, description: 'They do not fit any more, and become `rejected` rows.' }),
    conflicts: Type.Integer({ minimum: 0, description: 'Their ids stand for other orders.' }),
  },
  'What the ledger made of the orders, which were offered to it again.',
)
export type ReplayedFromQuarantine = Static<typeof ReplayedFromQuarantine>

export const DiscardedFromQuarantine = closedObject({ quarantineId: Id }, 'It is not listed any more. Its row is kept.')
export type DiscardedFromQuarantine = Static<typeof DiscardedFromQuarantine>
