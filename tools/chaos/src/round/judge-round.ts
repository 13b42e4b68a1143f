import type { Answer, Violation } from '@flash-sale/kit/history'
import { judgeSale } from '@flash-sale/kit/judge-sale'
import { askPatiently } from '@flash-sale/kit/patience'
import type { Fault } from '../faults/fault.ts'
import { mayLose } from '../faults/fault.ts'
import type { SoldItem } from '../load/crowd.ts'
import type { Town } from '../town/town.ts'
import { kindOfFault, type Breach, type UnknownOutcomes } from './round-result.ts'

const restWithinMs = 30_000
const lookEveryMs = 100
/** What is lost or was sold twice stays so: these looks in a row find the same. */
const sameLooksMax = 30

/** Holds both stores against the history until nothing is wrong, or nothing changes any more. */
export async function violationsAtRest(
  { redis, postgres }: Town,
  { itemId, history }: SoldItem,
  fault: Fault,
  signal: AbortSignal,
): Promise<Violation[]> {
  const options = { redisForgot: mayLose(fault) || fault.mayReject === true }
  const judged = { itemId, history, redis: redis.client, databaseUrl: postgres.databaseUrl }
  let before = ''
  let sameCount = 0
  const hasSettled = (found: readonly Violation[]) => {
    const now = JSON.stringify(found)
    sameCount = now === before ? sameCount + 1 : 0
    before = now
    return sameCount >= sameLooksMax && !found.some((one) => one.fault === 'NOT_AT_REST')
  }
  return askPatiently(
    () => judgeSale(judged, options),
    (found) => (found.length === 0 || hasSettled(found) ? 'NEVER' : {}),
    { untilMs: restWithinMs, pauseMs: lookEveryMs, signal },
  )
}

/** Violations as breaches, each once: a replayed answer of a lost order does not count twice. */
export function breachesOf(violations: readonly Violation[], history: readonly Answer[], struckAtMs: number): Breach[] {
  const unique = new Map(violations.map((violation) => [violation.detail, violation]))
  return [...unique.values()].map(({ invariant, fault, detail }) => ({
    kind: kindOfFault[fault],
    detail: `${invariant} ${fault}: ${detail}`,
    excerpt: excerptOf(history, detail, struckAtMs),
  }))
}

const excerptLinesMax = 12

function excerptOf(history: readonly Answer[], detail: string, struckAtMs: number): string[] {
  const words = new Set(detail.split(/[\s,:()/]+/))
  const told = history.filter(({ buyer, orderId = '' }) => words.has(buyer) || words.has(orderId))
  return told.slice(-excerptLinesMax).map(({ buyer, key, quantity, outcome, orderId, askedAtMs, answeredAtMs }) => {
    const [asked, answered] = [askedAtMs, answeredAtMs].map((ms) => Math.round(ms - struckAtMs))
    return `${asked} to ${answered} ms: ${buyer}/${key} asks for ${quantity}: ${outcome}${orderId === undefined ? '' : ` ${orderId}`}`
  })
}

/** Orders that were answered 202, each once. */
export function acceptedCountOf(history: readonly Answer[]): number {
  return new Set(history.flatMap(({ outcome, orderId }) => (outcome === 'ACCEPTED' ? [orderId] : []))).size
}

const isUnknown = new Set<Answer['outcome']>(['NO_ANSWER', 'OUTCOME_UNKNOWN', 'INTERNAL'])
/** Not now, or unknown: after one of these nobody knows yet. */
const isIndefinite = new Set<Answer['outcome']>([...isUnknown, 'UNAVAILABLE', 'OVERLOADED', 'BUSY'])

/** Follows each wish to which some answer was missing or unknown to the last word on it. */
export function unknownOutcomesOf(history: readonly Answer[]): UnknownOutcomes {
  const answersOf = new Map<string, Answer[]>()
  for (const answer of history) {
    const wish = `${answer.buyer}/${answer.key}`
    const answers = answersOf.get(wish)
    if (answers) answers.push(answer)
    else answersOf.set(wish, [answer])
  }
  const unknown = [...answersOf.values()].filter((answers) => answers.some(({ outcome }) => isUnknown.has(outcome)))
  const accepted = unknown.filter((answers) => answers.some(({ outcome }) => outcome === 'ACCEPTED'))
  const open = unknown.filter((answers) => answers.every(({ outcome }) => isIndefinite.has(outcome)))
  return {
    orderCount: accepted.length,
    refusedCount: unknown.length - accepted.length - open.length,
    neverToldCount: open.length,
  }
}
