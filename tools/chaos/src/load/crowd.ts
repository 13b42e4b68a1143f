import type { Answer } from '@flash-sale/kit/history'
import { overHttp, placePatiently, type OrderWish, type PlaceOrder } from '@flash-sale/kit/place-order'
import { oneOf } from '../faults/fault.ts'
import type { Town } from '../town/town.ts'
import type { TownProcess } from '../town/town-process.ts'
import { comeOneByOne, type Coming } from './come.ts'

/** An item on sale and all that its buyers were told. */
export interface SoldItem {
  readonly saleId: number
  readonly itemId: number
  readonly purchaseLimit: number
  readonly history: Answer[]
}

/** A paused API holds a request for longer than any buyer likes: the buyer asks another one. */
export const answerWithinMs = 4_000
/** Longer than any fault and the recovery from it. */
export const patienceMs = 60_000
const arriveEveryMs = 25
/** Every so many buyers one wants the item that is on sale during the whole run. */
const everyForLongSale = 8

/** Places orders at one API, wherever its process listens by now. */
export function placeAt(
  { tokenOf }: Pick<Town, 'tokenOf'>,
  api: TownProcess,
  { itemId, history }: SoldItem,
  timeoutMs = answerWithinMs,
): PlaceOrder {
  return (wish) => overHttp({ baseUrl: api.url(), itemId, tokenOf, timeoutMs }, history)(wish)
}

/** Its end resolves when each buyer has a definite answer or has run out of patience. */
export interface Crowd extends Coming {
  readonly acceptedCount: () => number
}

export interface CrowdOptions {
  readonly town: Town
  readonly item: SoldItem
  readonly longSale: SoldItem
  /** Names of buyers begin with it. */
  readonly prefix: string
  readonly random: () => number
  readonly signal: AbortSignal
}

/**
 * Buyers who come one after the other until the end, at any API, and keep their key until the answer is definite. Some double-click,
 * some ask again after their answer, some want more than the limit. What each does is drawn from the seed.
 */
export function openCrowd(options: CrowdOptions): Crowd {
  const { town, item, longSale, prefix, random, signal } = options
  const patience = { untilMs: patienceMs, signal }
  const placesOf = (sold: SoldItem) => town.apis.map((api) => placeAt(town, api, sold))
  const [places, longPlaces] = [placesOf(item), placesOf(longSale)]
  const buying = comeOneByOne({ everyMs: arriveEveryMs, random, signal }, (number) => {
    const isForLongSale = number % everyForLongSale === 0
    return oneOf(wants, random)(`${prefix}-${number}`, isForLongSale ? longPlaces : places, (each, wish) =>
      placePatiently(each, wish, patience),
    )
  })
  return { ...buying, acceptedCount: () => item.history.filter(({ outcome }) => outcome === 'ACCEPTED').length }
}

type Place = (places: readonly PlaceOrder[], wish: OrderWish) => Promise<Answer>
type Want = (buyer: string, places: readonly PlaceOrder[], place: Place) => Promise<unknown>

const wantsOne: Want = (buyer, places, place) => place(places, { buyer, key: 'k', quantity: 1 })
const wantsTwo: Want = (buyer, places, place) => place(places, { buyer, key: 'k', quantity: 2 })

const doubleClicks: Want = (buyer, places, place) =>
  Promise.all(places.map((each) => place([each], { buyer, key: 'k', quantity: 1 })))

const asksAgain: Want = async (buyer, places, place) => {
  for (let i = 0; i < 3; i += 1) await place(places, { buyer, key: 'k', quantity: 1 })
}

const wantsTooMuch: Want = (buyer, places, place) =>
  Promise.all(['k1', 'k2', 'k3'].map((key) => place(places, { buyer, key, quantity: 1 })))

/** As often as they stand here. */
const wants: readonly Want[] = [
  wantsOne,
  wantsOne,
  wantsOne,
  wantsOne,
  wantsTwo,
  wantsTwo,
  doubleClicks,
  asksAgain,
  wantsTooMuch,
]
