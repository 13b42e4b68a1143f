import type { Answer, Violation } from '@flash-sale/kit/history'
import type { LifeViolation } from '@flash-sale/kit/judge-life'
import { judgeSale } from '@flash-sale/kit/judge-sale'
import type { OrderNote } from '@flash-sale/kit/paying-buyers'
import type { Fault } from '../faults/fault.ts'
import { mayLose } from '../faults/fault.ts'
import type { SoldItem } from '../load/crowd.ts'
import type { Town } from '../town/town.ts'
import { judgeUntilSettled } from './judge-until-settled.ts'
import { kindOfFault, type Breach, type UnknownOutcomes } from './round-result.ts'

const rest = { withinMs: 30_000, lookEveryMs: 100 }

/** Holds both stores against the history until nothing is wrong, or nothing changes any more. */
export async function violationsAtRest(
  { redis, postgres }: Town,
  { itemId, history }: SoldItem,
  fault: Fault,
  signal: AbortSignal,
): Promise<Violation[]> {
  const judged = { itemId, history, redis: redis.client, databaseUrl: postgres.databaseUrl }
  return judgeUntilSettled(() => judgeSale(judged, checkOptionsOf(fault)), { ...rest, signal })
}

/** What a fault may do to orders that were accepted. */
export function checkOptionsOf(fault: Fault): { readonly redisForgot: boolean } {
  return { redisForgot: mayLose(fault) || fault.mayReject === true }
}

/** Violations as breaches, each once: a replayed answer of a lost order does not count twice. */
export function breachesOf(
  violations: readonly LifeViolation[],
  { history, notes = [] }: { readonly history: readonly Answer[]; readonly notes?: readonly OrderNote[] },
  struckAtMs: number,
): Breach[] {
  const unique = new Map(violations.map((violation) => [violation.detail, violation]))
  return [...unique.values()].map(({ invariant, fault, detail }) => ({
    kind: kindOfFault[fault],
    detail: `${invariant} ${fault}: ${detail}`,
    excerpt: [...excerptOf(history, detail, struckAtMs), ...notesOn(notes, detail, struckAtMs)],
  }))
}

const excerptLinesMax = 12

const wordsOf = (text: string) => text.split(/[\s,:;()/]+/)

function excerptOf(history: readonly Answer[], detail: string, struckAtMs: number): string[] {
  const words = new Set(wordsOf(detail))
  const told = history.filter(({ buyer, orderId = '' }) => words.has(buyer) || words.has(orderId))
  return told.slice(-excerptLinesMax).map(({ buyer, key, quantity, outcome, orderId, askedAtMs, answeredAtMs }) => {
    const [asked, answered] = [askedAtMs, answeredAtMs].map((ms) => Math.round(ms - struckAtMs))
    return `${asked} to ${answered} ms: ${buyer}/${key} asks for ${quantity}: ${outcome}${orderId === undefined ? '' : ` ${orderId}`}`
  })
}

/** What happened to the orders that a violation names, or whose payments it names. */
function notesOn(notes: readonly OrderNote[], detail: string, struckAtMs: number): string[] {
  const words = new Set(wordsOf(detail))
  const named = notes.filter(({ orderId, buyer, text }) =>
    [orderId, buyer, ...wordsOf(text).filter(isId)].some((word) => words.has(word)),
  )
  const orderIds = new Set(named.map(({ orderId }) => orderId))
  return notes
    .filter(({ orderId }) => orderIds.has(orderId))
    .slice(-excerptLinesMax)
    .map(({ atMs, buyer, orderId, text }) => `${Math.round(atMs - struckAtMs)} ms: ${buyer}, ${orderId}: ${text}`)
}

function isId(word: string): boolean {
  return word.length === 36
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
