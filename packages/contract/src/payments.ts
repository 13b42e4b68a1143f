import { Type, type Static } from 'typebox'
import { closedObject, Id, IdInPath, Moment, OrderId } from './fields.ts'
import { nextCursorField, pageFields } from './paging.ts'

const PaymentId = Type.String({ format: 'uuid', description: 'The name of the payment.' })

const Amount = Type.Integer({
  minimum: 1,
  description: 'In the smallest unit of the currency: the price of the item times the quantity.',
})

const Currency = Type.String({ pattern: '^[A-Z]{3}$', description: 'Three capital letters (ISO 4217).' })

/** What a buyer needs to pay. */
export const PaymentBegun = closedObject(
  {
    paymentId: PaymentId,
    amount: Amount,
    currency: Currency,
    url: Type.String({ description: 'The page of the payment provider. Open it in the browser of the buyer.' }),
    payBy: Moment,
  },
  'The payment. The same one as long as it is open.',
)
export type PaymentBegun = Static<typeof PaymentBegun>

/** What a webhook is answered with once what it tells is stored. */
export const WebhookTaken = closedObject(
  {
    outcome: Type.String({
      description: 'What came of the event: paid, late, refund, failed, known, repeated and others.',
    }),
  },
  'The event is stored. Sending it again changes nothing.',
)
export type WebhookTaken = Static<typeof WebhookTaken>

/** The name in a path: any word, since a wrong one is 404. */
export const WebhookParams = closedObject({ provider: Type.String({ maxLength: 64 }) })
export type WebhookParams = Static<typeof WebhookParams>

export const paymentStates = ['open', 'failed', 'paid', 'late', 'refund'] as const
export type PaymentState = (typeof paymentStates)[number]

const PaymentStateSchema = Type.Enum(paymentStates, {
  type: 'string',
  description:
    '`open`: begun. `failed`: no money came. `paid`: it paid `paidOrderId`. `late`: the order had ended when the money came, and the money is to buy another. `refund`: the money goes back.',
})

export const refundListStates = ['due', 'failing', 'done'] as const
export type RefundListState = (typeof refundListStates)[number]

const RefundStateSchema = Type.Enum(refundListStates, {
  type: 'string',
  description: '`due`: not tried yet. `failing`: tried in vain, and tried again. `done`: the provider has taken it.',
})

export const PaymentView = closedObject({
  paymentId: PaymentId,
  orderId: OrderId,
  itemId: Id,
  buyer: Type.String(),
  provider: Type.String(),
  amount: Amount,
  currency: Currency,
  state: PaymentStateSchema,
  paidOrderId: Type.Optional(OrderId),
  fault: Type.Optional(Type.String({ description: 'Why the money goes back.' })),
  refundState: Type.Optional(RefundStateSchema),
  begunAt: Moment,
})
export type PaymentView = Static<typeof PaymentView>

/** Money that came for an order, without the payment that pays it now. */
export const MoneyOfOrder = closedObject({
  paymentId: PaymentId,
  amount: Amount,
  currency: Currency,
  state: PaymentStateSchema,
  isLate: Type.Boolean({
    description: 'True: the order had ended when the money came. False: it had not, or that is not known any more.',
  }),
  refundState: Type.Optional(RefundStateSchema),
})
export type MoneyOfOrder = Static<typeof MoneyOfOrder>

export const ListPaymentsQuery = closedObject({
  orderId: Type.Optional(OrderId),
  state: Type.Optional(PaymentStateSchema),
  ...pageFields,
})
export type ListPaymentsQuery = Static<typeof ListPaymentsQuery>

export const PaymentList = closedObject(
  { payments: Type.Array(PaymentView), ...nextCursorField },
  'Payments, the newest first.',
)
export type PaymentList = Static<typeof PaymentList>

export const RefundView = closedObject(
  {
    refundId: Id,
    paymentId: PaymentId,
    orderId: OrderId,
    buyer: Type.String(),
    amount: Amount,
    currency: Currency,
    reason: Type.String({
      description:
        'WRONG_AMOUNT, WRONG_CURRENCY, PAID_BEFORE, OPERATOR, or why late money could buy nothing: SOLD_OUT, SALE_CLOSED and others.',
    }),
    state: RefundStateSchema,
    attempts: Type.Integer({ minimum: 0 }),
    lastError: Type.Optional(Type.String({ description: 'Why the last try failed.' })),
    nextTryAt: Type.Optional(Moment),
    createdAt: Moment,
    doneAt: Type.Optional(Moment),
  },
  'The refund. The worker has the provider make it.',
)
export type RefundView = Static<typeof RefundView>

export const ListRefundsQuery = closedObject({
  state: Type.Optional(Type.Enum(refundListStates, { type: 'string', description: 'Default: any.' })),
  ...pageFields,
})
export type ListRefundsQuery = Static<typeof ListRefundsQuery>

export const RefundList = closedObject(
  { refunds: Type.Array(RefundView), ...nextCursorField },
  'Refunds, the newest first.',
)
export type RefundList = Static<typeof RefundList>

export const RefundOrderBody = closedObject({
  returnUnits: Type.Optional(
    Type.Boolean({ description: 'Whether the units are sold again. Default: false, they stay taken off.' }),
  ),
})
export type RefundOrderBody = Static<typeof RefundOrderBody>

export const ListUnknownMoneyQuery = closedObject(pageFields)
export type ListUnknownMoneyQuery = Static<typeof ListUnknownMoneyQuery>

export const UnknownMoneyParams = closedObject({ unknownMoneyId: IdInPath })
export type UnknownMoneyParams = Static<typeof UnknownMoneyParams>

export const UnknownMoney = closedObject({
  unknownMoneyId: Id,
  provider: Type.String(),
  eventId: Type.String({ description: "The provider's name of the event: look for it there." }),
  paymentId: Type.Optional(
    Type.String({ format: 'uuid', description: 'The payment that the provider named, and that is none of ours.' }),
  ),
  amount: Type.Integer({ description: 'In the smallest unit of the currency.' }),
  currency: Type.String(),
  receivedAt: Moment,
})
export type UnknownMoney = Static<typeof UnknownMoney>

export const UnknownMoneyList = closedObject(
  { unknownMoney: Type.Array(UnknownMoney), ...nextCursorField },
  'Money that came for no payment of ours, and of which no operator said yet what became of it. The newest first.',
)
export type UnknownMoneyList = Static<typeof UnknownMoneyList>

export const ResolvedUnknownMoney = closedObject({ unknownMoneyId: Id }, 'It is not listed any more.')
export type ResolvedUnknownMoney = Static<typeof ResolvedUnknownMoney>
