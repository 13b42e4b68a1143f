import { randomUUID } from 'node:crypto'
import type { Client } from '@flash-sale/contract/client'
import type { OrderStatus } from '@flash-sale/contract/order-statuses'
import type { Outcome } from '@flash-sale/contract/outcome'
import type { PaymentBegun } from '@flash-sale/contract/payments'
import { callPatiently } from './call-patiently.ts'
import type { Patience } from './patience.ts'

/** How the provider tells of a payment: how often at the same time, and how long after it. In ms. */
interface Telling {
  readonly afterMs?: number
  readonly times?: number
}

/** The payment provider, as people and its own faults move it. */
export interface PayableProvider {
  readonly pay: (paymentId: string, how?: Telling & { readonly amount?: number }) => void
  readonly fail: (paymentId: string, how?: Telling) => void
  /** The next `count` calls of the service are done, and their answers are lost. */
  readonly loseAnswers: (count: number) => void
}

/** What a buyer was told of an accepted order, or did with its payment. */
export interface OrderNote {
  readonly atMs: number
  readonly buyer: string
  readonly orderId: string
  readonly text: string
  /** The status that a definite answer gave the order. */
  readonly status?: OrderStatus | undefined
}

/** Where buyers act, and how long they ask again. */
export interface PayingScene {
  /** A client at any API. Each call of it may go unanswered. */
  readonly buyer: (name: string) => Client
  readonly operator: () => Client
  readonly provider: PayableProvider
  readonly patience: Patience
  readonly onNote?: (note: OrderNote) => void
}

/** An accepted order, and what its buyer draws from. */
export interface HeldOrder {
  readonly orderId: string
  readonly buyer: string
  readonly random: () => number
}

/** What becomes of an order after it was accepted. Resolves when the buyer has a definite answer, or no patience any more. */
export type Deed = (scene: PayingScene, order: HeldOrder) => Promise<unknown>

/** The longest time between a payment and its webhook. */
const tellWithinMs = 1_500

const pays: Deed = async (scene, order) => {
  const begun = await begin(scene, order)
  if (begun) tell(scene, order, begun)
}

const cancels: Deed = async (scene, order) => {
  const { buyer, orderId } = order
  const outcome = await callPatiently(() => scene.buyer(buyer).cancelOrder(orderId), scene.patience)
  note(scene, order, 'cancels', outcome, outcome.ok ? outcome.value.status : undefined)
}

const leaves: Deed = () => Promise.resolve()

const cancelsWhilePaying: Deed = async (scene, order) => {
  await pays(scene, order)
  await cancels(scene, order)
}

const paysTooLate: Deed = async (scene, order) => {
  const begun = await begin(scene, order)
  await cancels(scene, order)
  if (begun) tell(scene, order, begun)
}

const paysWrongly: Deed = async (scene, order) => {
  const begun = await begin(scene, order)
  if (begun) scene.provider.pay(begun.paymentId, { amount: begun.amount - 1, times: 2 })
  await pays(scene, order)
}

const failsFirst: Deed = async (scene, order) => {
  const begun = await begin(scene, order)
  if (begun) scene.provider.fail(begun.paymentId, { times: 2 })
  await pays(scene, order)
}

const paysAtTwoPages: Deed = (scene, order) => Promise.all([pays(scene, order), pays(scene, order)])

const isRefunded: Deed = async (scene, order) => {
  await pays(scene, order)
  const idempotencyKey = randomUUID()
  const returnUnits = order.random() < 0.5
  const refund = () =>
    scene.operator().refundOrder(order.orderId, { returnUnits }, { idempotencyKey, reason: 'The buyer returned it' })
  note(scene, order, 'is refunded', await callPatiently(refund, scene.patience))
}

const losesTheProvidersAnswer: Deed = async (scene, order) => {
  scene.provider.loseAnswers(2)
  await pays(scene, order)
}

/** As often as they stand here. */
export const deeds: readonly Deed[] = [
  pays,
  pays,
  pays,
  leaves,
  leaves,
  cancels,
  cancelsWhilePaying,
  paysTooLate,
  paysTooLate,
  paysWrongly,
  failsFirst,
  paysAtTwoPages,
  isRefunded,
  losesTheProvidersAnswer,
]

async function begin(scene: PayingScene, order: HeldOrder): Promise<PaymentBegun | undefined> {
  const { buyer, orderId } = order
  const begun = await callPatiently(() => scene.buyer(buyer).beginPayment(orderId), scene.patience)
  note(scene, order, begun.ok ? `begins payment ${begun.value.paymentId}` : 'begins to pay', begun)
  return begun.ok ? begun.value : undefined
}

/** The provider tells once or several times at once, at once or late: so webhooks come twice, and in another order. */
function tell({ provider }: PayingScene, { random }: HeldOrder, { paymentId }: PaymentBegun): void {
  const times = 1 + Math.floor(random() * 3)
  provider.pay(paymentId, { times, afterMs: random() < 0.5 ? 0 : random() * tellWithinMs })
}

function note(
  { onNote }: PayingScene,
  { buyer, orderId }: HeldOrder,
  what: string,
  outcome: Outcome<unknown>,
  status?: OrderStatus,
): void {
  const said = outcome.ok ? (status ?? 'done') : outcome.problem.code
  const isPaid = !outcome.ok && outcome.problem.code === 'ORDER_PAID'
  onNote?.({ atMs: performance.now(), buyer, orderId, text: `${what}: ${said}`, status: isPaid ? 'paid' : status })
}
