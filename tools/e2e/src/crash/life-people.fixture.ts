import { setTimeout as sleep } from 'node:timers/promises'
import type { Client, Outcome } from '@flash-sale/contract/client'
import { comesAfter, type OrderStatus } from '@flash-sale/contract/order-statuses'
import { callPatiently } from '@flash-sale/kit/call-patiently'
import type { StatusViolation } from '@flash-sale/kit/judge-life'
import { deeds, type OrderNote, type PayingScene } from '@flash-sale/kit/paying-buyers'
import { placePatiently, type PlaceOrder } from '@flash-sale/kit/place-order'
import type { LifeTown } from './life-town.fixture.ts'

/** What people share: the town, the item, and how orders are placed at each API. */
export interface LifeScene {
  readonly town: LifeTown
  readonly itemId: number
  readonly places: readonly PlaceOrder[]
  readonly random: () => number
  /** The orders that were accepted, by now. */
  readonly accepted: { readonly orderId: string; readonly buyer: string }[]
  readonly notes: OrderNote[]
}

/** Longer than two processes of a kind take to start. */
const patience = { untilMs: 40_000, pauseMs: 100 }
const arriveEveryMs = 40
const actEveryMs = 700
const lookEveryMs = 20

/** Buyers come until the signal, each orders and then does one of the deeds. Resolves when all are done. */
export async function buyersUntil(scene: LifeScene, signal: AbortSignal): Promise<number> {
  const { town, places, random } = scene
  const { buyer: clientOf, operator, payments: provider } = town
  const onNote = (note: OrderNote) => void scene.notes.push(note)
  const paying: PayingScene = { buyer: clientOf, operator, provider, patience, onNote }
  const buying: Promise<unknown>[] = []
  while (!signal.aborted) {
    const [buyer, deed] = [`buyer-${buying.length}`, deeds.at(Math.floor(random() * deeds.length))!]
    const wish = { buyer, key: 'k', quantity: 1 + Math.floor(random() * 2) }
    buying.push(
      placePatiently(places, wish, { untilMs: patience.untilMs }).then(({ outcome, orderId }) => {
        if (outcome !== 'ACCEPTED' || orderId === undefined) return undefined
        scene.accepted.push({ orderId, buyer })
        return deed(paying, { orderId, buyer, random })
      }),
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
    const act = acts.at(number % acts.length)!
    await callPatiently<unknown>(() => act(town.operator(), itemId, idempotencyKey), patience)
    await sleep(actEveryMs * (0.5 + random()))
  }
}

/** Reads accepted orders at any API, one after the other, until the signal. Resolves with those of which a later answer shows an older status. */
export async function watchStatuses(
  { town, accepted, random }: LifeScene,
  signal: AbortSignal,
): Promise<StatusViolation[]> {
  const last = new Map<string, OrderStatus>()
  const found: StatusViolation[] = []
  while (!signal.aborted) {
    await sleep(lookEveryMs)
    // Mostly at the newest: they change.
    const order = accepted.at(-1 - Math.floor(random() ** 2 * accepted.length))
    const read = order && (await town.buyer(order.buyer).readOrder(order.orderId))
    if (!read?.ok) continue
    const { orderId, status } = read.value
    const before = last.get(orderId) ?? status
    if (status !== before && !comesAfter(status, before)) {
      found.push({
        invariant: 'I8',
        fault: 'STATUS_TAKEN_BACK',
        detail: `order ${orderId} was ${before}, and then ${status}`,
      })
    }
    last.set(orderId, status)
  }
  return found
}
