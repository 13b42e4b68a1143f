import { Type, type Static } from 'typebox'
import { closedObject, Id, Moment, MomentGiven, printedText } from './fields.ts'
import { idempotencyKeyPattern, quantityMax } from './orders.ts'

const unitsMax = 10_000_000
const itemsOfSaleMax = 100
/** A buyer who orders again after this long wants another order. */
const duplicateWindowMsMax = 60_000
const priceCentsMax = 1_000_000_000
const payWithinSecondsMax = 30 * 24 * 3_600

export const CreateSaleItem = closedObject({
  sku: printedText(64),
  name: printedText(200),
  priceCents: Type.Integer({
    minimum: 0,
    maximum: priceCentsMax,
    description: 'In the smallest unit of the currency: cents of EUR, yen of JPY. Without a currency: cents.',
  }),
  total: Type.Integer({ minimum: 1, maximum: unitsMax }),
  purchaseLimit: Type.Integer({ minimum: 1, maximum: quantityMax }),
})
export type CreateSaleItem = Static<typeof CreateSaleItem>

/** Three capital letters, as ISO 4217 names currencies. */
const currencyPattern = '^[A-Z]{3}$'

/** Room for the most items with the longest names, with each character escaped as two of JSON's `\\uXXXX`. */
export const createSaleBytesMax = 512 * 1024

/**
 * The API checks what a schema cannot express: `closesAt` is later than `opensAt` and still to come, no two SKUs look the same
 * (skuIdentity), the currency is one of ISO 4217 (isCurrency), and a sale which asks for payment has a currency.
 */
export const CreateSaleBody = closedObject({
  name: printedText(200),
  opensAt: MomentGiven,
  closesAt: MomentGiven,
  duplicateWindowMs: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: duplicateWindowMsMax,
      description:
        'For how long a second order without a key, of the same buyer, item and quantity, is the first one sent again: a double click. 0 or absent: never.',
    }),
  ),
  payWithinSeconds: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: payWithinSecondsMax,
      description:
        'The sale asks for payment: a confirmed order that is not paid within this time expires, and its units are sold again. Needs `currency`. Absent: `confirmed` is the end of an order.',
    }),
  ),
  currency: Type.Optional(
    Type.String({
      pattern: currencyPattern,
      description: 'The currency of the prices, in three capital letters (ISO 4217).',
    }),
  ),
  items: Type.Array(CreateSaleItem, { minItems: 1, maxItems: itemsOfSaleMax }),
})
export type CreateSaleBody = Static<typeof CreateSaleBody>

const ActKey = Type.String({
  pattern: idempotencyKeyPattern,
  description:
    'Your name for this act, 1 to 255 printable ASCII characters. The same request with the same key does nothing again and gets the first answer; a key stands for its request for 7 days at least.',
})

/** The longest name of an operator, and the longest reason of an act, in characters. */
export const operatorNameMax = 64
export const reasonMax = 200

/** Headers are ASCII, so other letters are written as `encodeURIComponent` writes them. */
function encodedText(description: string) {
  return Type.String({ pattern: '^(?:[!-$&-~]|%[0-9A-Fa-f]{2})+$', description })
}

/** The headers of a call that changes something. Other headers are allowed, since a request has many. */
export const ActHeaders = Type.Object({
  'idempotency-key': Type.Optional(ActKey),
  'operator-name': Type.Optional(
    encodedText(
      'Who acts, for the audit trail: percent-encoded UTF-8, at most 64 characters. Nothing checks the name.',
    ),
  ),
  'act-reason': Type.Optional(encodedText('Why, for the audit trail: percent-encoded UTF-8, at most 200 characters.')),
})

/** The same for a call that must say why: it cannot be undone, or is itself the only word about what was done. */
export const ActHeadersWithReason = Type.Object({
  ...ActHeaders.properties,
  'act-reason': encodedText(
    'Why, for the audit trail; this call needs it. Percent-encoded UTF-8, 1 to 200 characters.',
  ),
})

export const RestockBody = closedObject({ units: Type.Integer({ minimum: 1, maximum: unitsMax }) })
export type RestockBody = Static<typeof RestockBody>

export const ChangeTotalBody = closedObject({
  total: Type.Integer({
    minimum: 0,
    maximum: unitsMax,
    description: 'The units on sale from now on, the sold ones included.',
  }),
})
export type ChangeTotalBody = Static<typeof ChangeTotalBody>

/** The numbers behind the invariants, read from the stores for this answer. */
export const ItemAudit = closedObject(
  {
    itemId: Id,
    epoch: Type.Integer({ description: 'The number of the current making of the ledger.' }),
    total: Type.Integer(),
    available: Type.Integer({ description: 'Units that the ledger still sells.' }),
    outboxUnits: Type.Integer({ description: 'Units accepted and not yet in Postgres.' }),
    activeUnits: Type.Integer({ description: 'Units of the active orders in Postgres.' }),
    returningUnits: Type.Integer({ description: 'Units of ended orders that the ledger does not have back yet.' }),
    rows: Type.Integer({ description: 'Order rows in Postgres, ended ones too.' }),
    oversold: Type.Integer({ description: 'Units sold, or still offered, beyond the total.' }),
    undersold: Type.Integer({ description: 'Units that nobody holds and nobody can buy.' }),
    duplicates: Type.Integer({
      description:
        'Orders, in Postgres and on their way to it, beyond those that the ledger accepted. Rejected ones are not counted.',
    }),
    limitBreaches: Type.Integer({ description: 'Buyers who hold more than the purchase limit.' }),
    drift: Type.Integer({
      description:
        'Units by which the counters in Postgres, of the item and of its buyers, differ from the order rows.',
    }),
    balanced: Type.Boolean({
      description: 'available + outboxUnits + activeUnits + returningUnits = total, and every fault above is 0.',
    }),
  },
  'The numbers, each counted in the store that holds it.',
)
export type ItemAudit = Static<typeof ItemAudit>

export const OpsSession = closedObject(
  { expiresAt: Moment },
  'Set-Cookie opens /ops/queue/ to this browser until then. Ask again before opening the page.',
)
export type OpsSession = Static<typeof OpsSession>
