import type { Static } from 'typebox'
import { closedObject, Moment } from './fields.ts'

export const ServerTime = closedObject(
  { now: Moment },
  "The clock that opens and closes sales: Redis', not this process'.",
)
export type ServerTime = Static<typeof ServerTime>
