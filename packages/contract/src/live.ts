import { Type, type Static } from 'typebox'
import { closedObject, Id, Moment } from './fields.ts'
import { acknowledgementLevels } from './health.ts'
import { refusalCodes, type RefusalCode } from './order-outcomes.ts'
import { SaleStateSchema } from './sales.ts'

/** Most items in one frame. */
export const liveItemsMax = 200
/** The length of the history that a listener gets first, in seconds. It has one sample for each second. */
export const liveHistorySeconds = 300
/** The shortest time between two frames, in ms. */
export const liveFrameEveryMs = 250
/** Three reports missed: a process that is silent longer than this is named as silent, in ms. */
export const silentMsMax = 3_000
/** Most answers to orders (p99) should come within this: a buyer feels longer ones, in ms. */
export const answerTargetMs = 500
/** Accepted orders should be in Postgres within this, in ms. */
export const outboxAgeTargetMs = 5_000

const Units = Type.Integer({ minimum: 0 })

export const storeNames = ['redis', 'postgres'] as const
export type StoreName = (typeof storeNames)[number]

/** `silent`: it does not answer. `impaired`: it answers, but cannot be used as it should: full, read-only, not safe enough. */
export const storeStates = ['well', 'impaired', 'silent'] as const

export const LiveStore = closedObject({
  name: Type.Enum(storeNames, { type: 'string' }),
  state: Type.Enum(storeStates, { type: 'string' }),
  since: Moment,
  fault: Type.Optional(Type.String({ description: 'Why it is not well, a sentence for each reason.' })),
})
export type LiveStore = Static<typeof LiveStore>

/** What one unit takes of Redis at most, with its order and its buyer, while no worker saves it. Measured, and rounded up. */
export const redisBytesOfUnit = 600

/** What a sale needs before it opens, beside its stores and processes. Null: it could not be read. */
export const LiveReadiness = closedObject({
  level: Type.Enum(acknowledgementLevels, {
    type: 'string',
    description: 'What an accepted order survives: see "Acknowledgement levels" in docs/operate.md.',
  }),
  clock: Type.Union([
    closedObject({
      apartMs: Type.Integer({ description: "Redis' clock, which opens sales, less Postgres' clock." }),
      steppedAt: Type.Optional(
        Type.String({ format: 'date-time', description: "When Redis' clock was last seen to jump, by itself." }),
      ),
      steppedMs: Type.Optional(Type.Integer({ description: 'How far it jumped.' })),
    }),
    Type.Null(),
  ]),
  redisRoom: Type.Union([
    closedObject({
      usedBytes: Units,
      limitBytes: Type.Integer({ minimum: 0, description: '`maxmemory`, or the memory of the machine without it.' }),
      isLimited: Type.Boolean({ description: 'Redis has a `maxmemory`.' }),
    }),
    Type.Null(),
  ]),
})
export type LiveReadiness = Static<typeof LiveReadiness>

/**
 * Whether available + outbox + confirmed + paid + returning = total, as the stores count.
 * `settling`: orders are on their way to Postgres. `broken`: two readings at rest both differ.
 * `unavailable`: the ledger is missing or being rebuilt. `unreadable`: a store does not answer, so that nothing is known.
 */
export const invariants = ['balanced', 'settling', 'broken', 'unavailable', 'unreadable'] as const
export type Invariant = (typeof invariants)[number]

export const LedgerFaults = closedObject({
  oversold: Type.Integer({ minimum: 0, description: 'Units sold, or still offered, beyond the total.' }),
  undersold: Type.Integer({ minimum: 0, description: 'Units that nobody holds and nobody can buy.' }),
})
export type LedgerFaults = Static<typeof LedgerFaults>

export const LiveLock = closedObject({
  holder: Type.String({ description: 'The holder of the item: its process and its work.' }),
  since: Moment,
  expiresInMs: Units,
})
export type LiveLock = Static<typeof LiveLock>

export const LiveItem = closedObject({
  itemId: Id,
  saleId: Id,
  saleName: Type.String(),
  sku: Type.String(),
  name: Type.String(),
  priceCents: Units,
  currency: Type.Optional(Type.String({ description: 'That of the sale (ISO 4217).' })),
  purchaseLimit: Type.Integer({ minimum: 1 }),
  state: SaleStateSchema,
  opensAt: Moment,
  closesAt: Moment,
  total: Units,
  available: Type.Integer({
    minimum: 0,
    description: 'Units that can still be ordered. The five parts always sum to the total.',
  }),
  outboxUnits: Type.Integer({
    minimum: 0,
    description:
      'The rest of the total: units on their way to Postgres, and stranded ones while `invariant` is broken.',
  }),
  confirmedUnits: Type.Integer({
    minimum: 0,
    description: 'Units of confirmed orders. If the sale asks for payment, they wait for it.',
  }),
  paidUnits: Type.Integer({
    minimum: 0,
    description: 'Units of paid orders, counted about once a second; 0 unless the sale asks for payment.',
  }),
  returningUnits: Type.Integer({
    minimum: 0,
    description: 'Units of ended orders that the ledger does not have back yet.',
  }),
  asksForPayment: Type.Boolean(),
  oldestOutboxAgeMs: Type.Integer({
    minimum: 0,
    description: 'Age of the oldest order in the outbox; 0 if the outbox is empty.',
  }),
  invariant: Type.Enum(invariants, { type: 'string' }),
  /** Present while a store does not answer. */
  unread: Type.Optional(
    closedObject({
      stores: Type.Array(Type.Enum(storeNames, { type: 'string' }), { minItems: 1 }),
      readAt: Type.String({ format: 'date-time', description: 'When the numbers of these stores were last read.' }),
    }),
  ),
  faults: Type.Optional(LedgerFaults),
  firstSoldAt: Type.Optional(Moment),
  /** When the last unit was taken. Absent again after a restock. */
  soldOutAt: Type.Optional(Moment),
  lock: Type.Optional(LiveLock),
})
export type LiveItem = Static<typeof LiveItem>

/** Orders refused, by problem code. Codes that did not occur are left out. */
export const RefusedOrders = Type.Unsafe<Partial<Record<RefusalCode, number>>>(
  closedObject(Object.fromEntries(refusalCodes.map((code) => [code, Type.Optional(Type.Number({ minimum: 0 }))]))),
)

const Measured = Type.Union([Type.Number({ minimum: 0 }), Type.Null()])

/** One second of all processes together. Null: nothing was measured. */
export const RateSample = closedObject({
  at: Moment,
  accepted: Type.Number({ minimum: 0, description: 'Orders accepted, per second.' }),
  persisted: Type.Number({ minimum: 0, description: 'Orders that Postgres took, per second.' }),
  refused: RefusedOrders,
  p50Ms: Measured,
  p99Ms: Measured,
  batchSize: Measured,
  outboxAgeMs: Measured,
  queueDepth: Measured,
  redisMicrosPerOrder: Measured,
  postgresMicrosPerOrder: Measured,
})
export type RateSample = Static<typeof RateSample>

export const processKinds = ['api', 'worker'] as const
export type ProcessKind = (typeof processKinds)[number]

export const LiveProcess = closedObject({
  id: Type.String(),
  kind: Type.Enum(processKinds, { type: 'string' }),
  startedAt: Moment,
  lastSeenAt: Moment,
  silentMs: Type.Integer({
    minimum: 0,
    description:
      'For how long it has not reported; 0 while it reports in time. Only time in which Redis answers counts. A process that said that it stops is not listed.',
  }),
  perSecond: Type.Number({ minimum: 0, description: 'Orders answered (api) or persisted (worker), per second.' }),
  share: Type.Number({
    minimum: 0,
    maximum: 1,
    description: 'Its share of the recent work of all processes of its kind.',
  }),
})
export type LiveProcess = Static<typeof LiveProcess>

const Count = Type.Integer({ minimum: 0 })

/** What waits for an operator beside the sales themselves. */
export const LiveTroubles = closedObject({
  failingRefunds: Count,
  unknownMoney: Type.Integer({
    minimum: 0,
    description: 'How often money came for no payment of ours, and no operator said yet what became of it.',
  }),
  failedEndpoints: Type.Integer({ minimum: 0, description: 'Webhook endpoints that the service paused.' }),
  failingEndpoints: Type.Integer({ minimum: 0, description: 'Webhook endpoints that do not take what is sent.' }),
  pausedEndpoints: Type.Integer({ minimum: 0, description: 'Webhook endpoints that an operator paused.' }),
  deadLetters: Count,
})
export type LiveTroubles = Static<typeof LiveTroubles>

/** Event `frame` of GET /v1/ops/stream. The first frame of a connection has every item, later frames have changed items. */
export const OpsFrame = closedObject({
  at: Moment,
  itemIds: Type.Array(Id, { maxItems: liveItemsMax, description: 'All items in view, in their order.' }),
  items: Type.Array(LiveItem, {
    maxItems: liveItemsMax,
    description: 'The items that changed; the others are as before.',
  }),
  rates: RateSample,
  processes: Type.Array(LiveProcess),
  stores: Type.Array(LiveStore, { description: 'The stores, as the process that serves this stream sees them.' }),
  degraded: Type.Array(Type.String(), {
    description: 'What else does not work although orders are accepted, a sentence for each reason.',
  }),
  readiness: LiveReadiness,
  failedJobs: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
    description: 'Jobs that failed for good; null if they could not be counted.',
  }),
  troubles: Type.Union([LiveTroubles, Type.Null()], {
    description: 'Payments and webhooks that wait for an operator; null if they could not be counted.',
  }),
})
export type OpsFrame = Static<typeof OpsFrame>

/** Event `history`, the first of GET /v1/ops/stream: the rates until now, the oldest first. */
export const OpsHistory = closedObject({ frames: Type.Array(RateSample) })
export type OpsHistory = Static<typeof OpsHistory>
