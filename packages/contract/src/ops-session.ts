import type { Static } from 'typebox'
import { closedObject, Moment } from './fields.ts'

export const OpsSession = closedObject(
  { expiresAt: Moment },
  'Set-Cookie opens /ops/queue/ to this browser until then. Ask again before opening the page.',
)
export type OpsSession = Static<typeof OpsSession>
