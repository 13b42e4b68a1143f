import { Type, type Static } from 'typebox'
import { closedObject } from './fields.ts'

/** The process answers. Says nothing about its stores. */
export const HealthLive = closedObject({ status: Type.Literal('live') }, 'The process answers.')
export type HealthLive = Static<typeof HealthLive>

export const acknowledgementLevels = ['fsync', 'everysec', 'none', 'unknown'] as const
/** The faults that a 202 survives depend on the settings of Redis: see "Acknowledgement levels" in docs/operate.md. */
export type AcknowledgementLevel = (typeof acknowledgementLevels)[number]

/** Redis and Postgres answer, so orders can be placed. If they do not answer, the service answers with UNAVAILABLE. */
export const HealthReady = closedObject(
  {
    status: Type.Literal('ready'),
    acknowledgementLevel: Type.Optional(Type.Enum(acknowledgementLevels, { type: 'string' })),
  },
  'Redis and Postgres answer.',
)
export type HealthReady = Static<typeof HealthReady>
