import { Type, type Static } from 'typebox'
import { closedObject } from './fields.ts'

/** The process answers. Says nothing about its stores. */
export const HealthLive = closedObject({ status: Type.Literal('live') }, 'The process answers.')
export type HealthLive = Static<typeof HealthLive>

export const acknowledgementLevels = ['replicated', 'fsync', 'everysec', 'none', 'unknown'] as const
/** The faults that a 202 survives depend on the settings of Redis: see "Acknowledgement levels" in docs/operate.md. */
export type AcknowledgementLevel = (typeof acknowledgementLevels)[number]

/** What an API process accepted and does not know to be committed: it offers this again if Redis loses it. */
const Remembered = closedObject(
  {
    orders: Type.Integer({ minimum: 0 }),
    bytes: Type.Integer({ minimum: 0 }),
    dropped: Type.Integer({ minimum: 0, description: 'Orders dropped since the start, for there is a bound.' }),
  },
  'Orders that this process accepted and does not know to be committed yet.',
)

/** Orders can be placed. When they cannot, the answer is the problem UNAVAILABLE. */
export const HealthReady = closedObject(
  {
    status: Type.Literal('ready'),
    acknowledgementLevel: Type.Optional(Type.Enum(acknowledgementLevels, { type: 'string' })),
    remembered: Type.Optional(Remembered),
    degraded: Type.Optional(
      Type.Array(Type.String(), {
        description:
          'What does not work although orders are accepted, a sentence for each reason; absent when all works.',
      }),
    ),
  },
  'Orders are accepted.',
)
export type HealthReady = Static<typeof HealthReady>
