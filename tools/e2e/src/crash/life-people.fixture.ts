import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client, Outcome } from '@flash-sale/contract/client'
import type { PaymentBegun } from '@flash-sale/contract/payments'
import { callPatiently } from '@flash-sale/kit/call-patiently'
import { placePatiently, type PlaceOrder } from '@flash-sale/kit/place-order'
import type { LifeTown } from './life-town.fixture.ts'

/** What people share: the town, the item, and how orders are placed at each API. */
export interface LifeScene {
  readonly town: LifeTown
  readonly itemId: number
  readonly places: readonly PlaceOrder[]
  readonly random: () => number
}

type Deed = (scene: LifeScene, orderId: string, buyer: string) => Promise<unknown>

/** Longer than two processes of a kind take to start. */
const patience = { untilMs: 40_000, pauseMs: 100 }
const arriveEveryMs = 40
const actEveryMs = 700

const pays: Deed = async (scene, orderId, buyer) => {
  const begun = await begin(scene, orderId, buyer)
  if (begun) tell(scene, begun)
}

const cancels: Deed = ({ town }, orderId, buyer) =>
  callPatiently(() => town.buyer(buyer).cancelOrder(orderId), patience)

const leaves: Deed = () => Promise.resolve()

const cancelsWhilePaying: Deed = async (scene, orderId, buyer) => {
  const begun = await begin(scene, orderId, buyer)
  if (begun) tell(scene, begun)
  await cancels(scene, orderId, buyer)
}

const paysTooLate: Deed = async (scene, orderId, buyer) => {
  const begun = await begin(scene, orderId, buyer)
  await cancels(scene, orderId, buyer)
  if (begun) tell(scene, begun)
}

const paysWrongly: Deed = async (scene, orderId, buyer) => {
  const begun = await begin(scene, orderId, buyer)
  if (begun) scene.town.payments.pay(begun.paymentId, { amount: begun.amount - 1, times: 2 })
  await pays(scene, orderId, buyer)
}

const failsFirst: Deed = async (scene, orderId, buyer) => {
  const begun = await begin(scene, orderId, buyer)
  if (begun) scene.town.payments.fail(begun.paymentId, { times: 2 })
  await pays(scene, orderId, buyer)
}

const paysAtTwoPages: Deed = (scene, orderId, buyer) =>
  Promise.all([pays(scene, orderId, buyer), pays(scene, orderId, buyer)])

const isRefunded: Deed = async (scene, orderId, buyer) => {
  await pays(scene, orderId, buyer)
  const key = randomUUID()
  const returnUnits = scene.random() < 0.5
  await callPatiently(
    () => scene.town.operator().refundOrder(orderId, { returnUnits }, { idempotencyKey: key }),
    patience,
  )
}

const losesTheProvidersAnswer: Deed = async (scene, orderId, buyer) => {
  scene.town.payments.loseAnswers(2)
  await pays(scene, orderId, buyer)
}

/** As often as they stand here. */
const deeds: readonly Deed[] = [
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

async function begin({ town }: LifeScene, orderId: string, buyer: string): Promise<PaymentBegun | undefined> {
  const begun = await callPatiently(() => town.buyer(buyer).beginPayment(orderId), patience)
  return begun.ok ? begun.value : undefined
}

/** The provider tells once or several times at once, at once or late: so webhooks come twice, and in another order. */
function tell({ town, random }: LifeScene, { paymentId }: PaymentBegun): void {
  town.payments.pay(paymentId, { times: 1 + Math.floor(random() * 3), afterMs: random() < 0.5 ? 0 : random() * 1_500 })
}

/** Buyers come until the signal, each orders and then does one of the deeds. Resolves when all are done. */
export async function buyersUntil(scene: LifeScene, signal: AbortSignal): Promise<number> {
  const { places, random } = scene
  const buying: Promise<unknown>[] = []
  while (!signal.aborted) {
    const [buyer, deed] = [`buyer-${buying.length}`, deeds[Math.floor(random() * deeds.length)]!]
    const wish = { buyer, key: 'k', quantity: 1 + Math.floor(random() * 2) }
    buying.push(
      placePatiently(places, wish, { untilMs: patience.untilMs }).then(({ outcome, orderId }) =>
        outcome === 'ACCEPTED' && orderId !== undefined ? deed(scene, orderId, buyer) : undefined,
      ),
    )
    await sleep(arriveEveryMs * (0.5 + random()))
  }
  await Promise.all(buying)
  return buying.length
}

export type Act = (operator: Client, itemId: number, idempotencyKey: string) => Promise<Outcome<unknown>>

/** Much of the stock is paid and stays so: what buyers come for is added. */
export const restocks: Act = (operator, itemId, idempotencyKey) =>
  operator.restockItem(itemId, { units: 12 }, { idempotencyKey })

export const rebuilds: Act = (operator, itemId, idempotencyKey) => operator.rebuildItem(itemId, { idempotencyKey })

export const lowersTotal: Act = async (operator, itemId, idempotencyKey) => {
  const audit = await operator.auditItem(itemId)
  if (!audit.ok) return audit
  // While everything is taken it is refused.
  return operator.changeTotal(itemId, { total: audit.value.total - 1 }, { idempotencyKey })
}

const acts: readonly Act[] = [restocks, rebuilds, restocks, lowersTotal]

/** An operator who restocks, lowers the total and rebuilds until the signal, and repeats what was not answered with the same key. */
export async function operatorUntil({ town, itemId, random }: LifeScene, signal: AbortSignal): Promise<void> {
  for (let number = 0; !signal.aborted; number += 1) {
    const idempotencyKey = `act-${number}`
    const act = acts[number % acts.length]!
    await callPatiently<unknown>(() => act(town.operator(), itemId, idempotencyKey), patience)
    await sleep(actEveryMs * (0.5 + random()))
  }
}
