import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer } from '@flash-sale/kit/history'
import { openSale } from '@flash-sale/kit/open-sale'
import { seededRandom } from '@flash-sale/kit/seeded-random'
import { isToBeRepeated, storm } from '@flash-sale/kit/place-order'
import { between, mayLose, oneOf, type Fault, type Point, type Scene } from '../faults/fault.ts'
import { openCrowd, placeAt, type SoldItem } from '../load/crowd.ts'
import { openPaidItem, type PaidItem } from '../load/paid-item.ts'
import { openPayingCrowd } from '../load/paying-crowd.ts'
import type { Strike } from '../schedule.ts'
import type { Town } from '../town/town.ts'
import { awaitRecovery, recoverWithinMs } from './await-recovery.ts'
import { countLives, lifeViolationsAtRest } from './judge-lives.ts'
import { acceptedCountOf, breachesOf, unknownOutcomesOf, violationsAtRest } from './judge-round.ts'
import { reach } from './points.ts'
import type { Breach, RoundResult } from './round-result.ts'

export interface RoundOptions {
  readonly town: Town
  /** On sale during the whole run: what a round does to it is judged in that round. */
  readonly longSale: SoldItem
  /** Where the feed is read from. Default: its beginning. */
  readonly feedFrom: string | undefined
  readonly number: number
  readonly signal: AbortSignal
}

const unitCount = 300
const purchaseLimit = 2
const acceptedBeforeStrike = 30
const warmUpWithinMs = 30_000
/** Nothing is broken any more, so only a slow machine makes a buyer wait. */
const lastAnswerWithinMs = 20_000
const lastPatienceMs = 60_000

export interface RanRound {
  readonly result: RoundResult
  /** The place in the feed that the next round reads from. */
  readonly feedFrom: string | undefined
}

/** Strikes once while buyers buy two items of the round's own, waits for the recovery, sells the rest, and judges. */
export async function runRound(strike: Strike, options: RoundOptions): Promise<RanRound> {
  const { town, longSale, number, signal } = options
  await town.makeWhole()
  town.takeAlarms()
  town.takeOwnEnds()
  const [item, paid] = await Promise.all([
    openItem(town, unitCount, `Round ${number}`, signal),
    openPaidItem(town, { name: `Round ${number}, to pay`, feedFrom: options.feedFrom, signal }),
  ])
  const longHistoryBefore = longSale.history.length
  const { struckAtMs, recoveryMs, payersAreDone } = await strikeInTheStorm(strike, { item, paid }, options)
  const breaches = await sellTheRest(town, item, prefixOf(options), signal)
  await payersAreDone
  const found = await Promise.all([
    violationsAtRest(town, item, strike.fault, signal),
    violationsAtRest(town, longSale, strike.fault, signal),
    lifeViolationsAtRest(town, paid, strike.fault, signal),
  ])
  for (const [i, sold] of [item, longSale, paid].entries()) breaches.push(...breachesOf(found[i]!, sold, struckAtMs))
  if (recoveryMs === undefined) breaches.push(plainBreach(`not every item sold again within ${recoverWithinMs} ms`))
  breaches.push(...town.takeOwnEnds().map(plainBreach))
  const history = [...item.history, ...paid.history, ...longSale.history.slice(longHistoryBefore)]
  const lives = await countLives(town, paid)
  const result = resultOf(strike, { history, lives, breaches, recoveryMs, alarms: [...new Set(town.takeAlarms())] })
  // A place that Postgres has forgotten is in no feed any more.
  return { result, feedFrom: strike.fault.forgetsMoney ? options.feedFrom : paid.reader.cursor() }
}

interface RoundItems {
  readonly item: SoldItem
  readonly paid: PaidItem
}

/** Buyers come, the system is brought to the point, the fault strikes, lasts and ends, and everything recovers. */
async function strikeInTheStorm({ fault, point, seed }: Strike, { item, paid }: RoundItems, options: RoundOptions) {
  const { town, longSale, signal } = options
  const prefix = prefixOf(options)
  const random = seededRandom(seed)
  // The first number chose the point.
  random()
  const scene: Scene = {
    town,
    saleId: item.saleId,
    itemId: item.itemId,
    paidItemId: paid.itemId,
    others: [],
    api: oneOf(town.apis, random),
    worker: oneOf(town.workers, random),
    random,
    signal,
  }
  await fault.prepare?.(scene)
  const crowd = openCrowd({ town, item, longSale, prefix, random: seededRandom(seed + 1), signal })
  const payingCrowd = openPayingCrowd({ town, item: paid, prefix, random: seededRandom(seed + 2), signal })
  try {
    await warmUp(crowd.acceptedCount, signal)
    const struckAtMs = await strikeAt(point, fault, scene)
    // Those who came go on. Their money needs seconds to come to rest, and the round does not wait for it.
    const payersAreDone = payingCrowd.end()
    const items = [item, paid, longSale, ...scene.others.map(unjudged)]
    const recoveryMs = await awaitRecovery(town, items, prefix, signal)
    await crowd.end()
    return { struckAtMs, recoveryMs, payersAreDone }
  } catch (error) {
    // The round is over: nobody comes any more.
    for (const each of [crowd, payingCrowd]) void each.end()
    throw error
  }
}

/** Resolves, once the fault has ended, with when it struck. */
async function strikeAt(point: Point, fault: Fault, scene: Scene): Promise<number> {
  const { town, random, signal } = scene
  const goOn = await reach(point, scene)
  const struckAtMs = performance.now()
  const heal = await fault.strike(scene)
  goOn()
  await sleep(between(fault.lengthMs, random), undefined, { signal })
  await heal()
  await town.makeWhole()
  return struckAtMs
}

type Found = Pick<RoundResult, 'lives' | 'breaches' | 'recoveryMs' | 'alarms'> & { readonly history: readonly Answer[] }

/** Of a fault that leaves nothing to bring orders back from, a loss that a process told is no breach. */
function resultOf(
  { fault, point, seed }: Strike,
  { history, lives, breaches, recoveryMs, alarms }: Found,
): RoundResult {
  const isLossTold = mayLose(fault) && alarms.some((alarm) => /\b(?:lost|lose|missing)\b/.test(alarm))
  const told = isLossTold ? breaches.filter(({ kind }) => kind === 'lost') : []
  return {
    fault: fault.name,
    point,
    seed,
    acceptedCount: acceptedCountOf(history),
    lives,
    breaches: breaches.filter((breach) => !told.includes(breach)),
    toldLossCount: told.length,
    unknown: unknownOutcomesOf(history),
    recoveryMs,
    alarms,
  }
}

/** What the names of this round's buyers begin with. */
function prefixOf({ number }: RoundOptions): string {
  return `r${number}`
}

/** An item of which only the recovery counts. */
function unjudged(itemId: number): SoldItem {
  return { saleId: 0, itemId, purchaseLimit, history: [] }
}

/** Puts an item on sale. */
export async function openItem(town: Town, total: number, name: string, signal: AbortSignal): Promise<SoldItem> {
  const operator = town.operator(town.apis[0]!)
  const { saleId, item } = await openSale(operator, { name, items: [{ total, purchaseLimit }] }, signal)
  return { saleId, itemId: item.itemId, purchaseLimit, history: [] }
}

async function warmUp(acceptedCount: () => number, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + warmUpWithinMs
  while (acceptedCount() < acceptedBeforeStrike) {
    if (performance.now() > deadline) throw new Error('the service accepted no orders before the fault struck')
    await sleep(10, undefined, { signal })
  }
}

/** More buyers than units, so that a unit that nobody can buy shows. Whoever hears no last word from a service that is well is a breach. */
async function sellTheRest(town: Town, item: SoldItem, prefix: string, signal: AbortSignal): Promise<Breach[]> {
  const places = town.apis.map((api) => placeAt(town, api, item, lastAnswerWithinMs))
  const patience = { untilMs: lastPatienceMs, signal }
  const last = await storm(places, unitCount + 20, { prefix: `${prefix}-last`, arriveWithinMs: 500, ...patience })
  const open = last.filter(isToBeRepeated)
  if (open.length === 0) return []
  const words = [...new Set(open.map(({ outcome }) => outcome))].join(', ')
  return [plainBreach(`${open.length} buyers heard no last word in ${lastPatienceMs} ms after the recovery: ${words}`)]
}

function plainBreach(detail: string): Breach {
  return { kind: 'stranded', detail, excerpt: [] }
}
