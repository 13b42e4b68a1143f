import type { ProblemCode } from './problem.ts'

/** How reserve.lua judges an order that an older ledger accepted. */
type Adoption =
  /** The ledger takes its units again. */
  | 'taken'
  /** The ledger knows the order id: it writes nothing. */
  | 'known'
  /** The ledger remembers the refusal and puts it in the outbox; the order becomes a rejected row. */
  | 'rejected'
  /** An adoption does not check this. */
  | 'unasked'

type SaidByLedger =
  /** `letter`: the reply of reserve.lua for one order. */
  | { readonly letter: string; readonly adoption: Adoption }
  /** The API process decides this outcome, not a script. */
  | { readonly letter?: never; readonly adoption?: never }

type Answer =
  /** Answered with 202. */
  | { readonly countedAs: 'accepted' | 'replayed'; readonly problem?: never; readonly colour?: never }
  /**
   * Answered with this problem and counted under its code; each outcome has a code of its own. `colour`: its line in the
   * operators' chart; `free`: the chart chooses.
   */
  | { readonly problem: ProblemCode; readonly colour: ChartColour | 'free'; readonly countedAs?: never }

/** The colours of lines in charts, as apps/pages/src/design/tokens.css names them. */
type ChartColour = `series-${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8}`

type OutcomeFacts = SaidByLedger &
  Answer & {
    /** False: the order may have been accepted in spite of this answer. */
    readonly isDefinite: boolean
    /** The ledger knows the order id, so no later sending of this order changes the outcome. */
    readonly isFinal: boolean
    /**
     * The outcome of the same request with the same key. `same`: always this outcome. `soon`: maybe another outcome after the time that the
     * answer names. `later`: maybe another outcome once units come back or the sale opens.
     */
    readonly retry: 'same' | 'soon' | 'later'
  }

/** Every outcome of placing an order. It is the only list: scripts, counters, answers, clients and pages derive from it. */
export const orderOutcomes = {
  RESERVED: { letter: 'A', adoption: 'taken', countedAs: 'accepted', isDefinite: true, isFinal: true, retry: 'same' },
  REPLAYED: { letter: 'R', adoption: 'known', countedAs: 'replayed', isDefinite: true, isFinal: true, retry: 'same' },
  SOLD_OUT: {
    letter: 'S',
    adoption: 'rejected',
    problem: 'SOLD_OUT',
    colour: 'series-5',
    isDefinite: true,
    isFinal: false,
    retry: 'later',
  },
  LIMIT_REACHED: {
    letter: 'L',
    adoption: 'rejected',
    problem: 'LIMIT_REACHED',
    colour: 'series-3',
    isDefinite: true,
    isFinal: false,
    retry: 'later',
  },
  NOT_OPEN: {
    letter: 'N',
    adoption: 'unasked',
    problem: 'SALE_NOT_OPEN',
    colour: 'series-6',
    isDefinite: true,
    isFinal: false,
    retry: 'later',
  },
  CLOSED: {
    letter: 'C',
    adoption: 'unasked',
    problem: 'SALE_CLOSED',
    colour: 'free',
    isDefinite: true,
    isFinal: false,
    retry: 'same',
  },
  KEY_CONFLICT: {
    letter: 'K',
    adoption: 'known',
    problem: 'KEY_CONFLICT',
    colour: 'free',
    isDefinite: true,
    isFinal: true,
    retry: 'same',
  },
  PAUSED: {
    letter: 'P',
    adoption: 'unasked',
    problem: 'SALE_PAUSED',
    colour: 'series-7',
    isDefinite: true,
    isFinal: false,
    retry: 'soon',
  },
  BUSY: { problem: 'BUSY', colour: 'series-8', isDefinite: true, isFinal: false, retry: 'soon' },
  OVERLOADED: { problem: 'OVERLOADED', colour: 'series-4', isDefinite: true, isFinal: false, retry: 'soon' },
  OUTCOME_UNKNOWN: { problem: 'OUTCOME_UNKNOWN', colour: 'free', isDefinite: false, isFinal: false, retry: 'soon' },
  NOT_LOADED: { problem: 'UNAVAILABLE', colour: 'free', isDefinite: true, isFinal: false, retry: 'soon' },
} as const satisfies Record<string, OutcomeFacts>

type Facts = typeof orderOutcomes

export type OrderOutcome = keyof Facts

/** The outcomes with these facts. */
type OutcomeWith<Wanted> = {
  [Outcome in OrderOutcome]: Facts[Outcome] extends Wanted ? Outcome : never
}[OrderOutcome]

/** The verdicts of reserve.lua on one order. */
export type LedgerVerdict = OutcomeWith<{ readonly letter: string }>

/** Why an adopted order becomes a rejected row. */
export type AdoptionRefusal = OutcomeWith<{ readonly adoption: 'rejected' }>

type RefusedOutcome = OutcomeWith<{ readonly problem: ProblemCode }>

/** The problem codes of outcomes. The route has further codes, for example for a request that is not an order. */
export type RefusalCode = Facts[RefusedOutcome]['problem']

/** The refusals after which a client sends the same request again by itself. */
export type PassingRefusalCode = Facts[OutcomeWith<{
  readonly problem: ProblemCode
  readonly retry: 'soon'
}>]['problem']

/** The refusals after which the order may still have been accepted. */
export type UnsureRefusalCode = Facts[OutcomeWith<{
  readonly problem: ProblemCode
  readonly isDefinite: false
}>]['problem']

/** The name under which a process counts an outcome in its reports. */
export type OrderTotal = 'accepted' | 'replayed' | `refused:${RefusalCode}`

export const outcomeNames = Object.keys(orderOutcomes) as OrderOutcome[]

/** The letter of each verdict of reserve.lua. */
export const letterOfVerdict = Object.fromEntries(
  outcomeNames.flatMap((outcome) => {
    const facts: OutcomeFacts = orderOutcomes[outcome]
    return facts.letter === undefined ? [] : [[outcome, facts.letter]]
  }),
) as { readonly [Verdict in LedgerVerdict]: Facts[Verdict]['letter'] }

/** Every refusal by its code, in the order of the table. */
export const refusals = new Map<RefusalCode, Facts[RefusedOutcome]>(
  Object.values(orderOutcomes).flatMap((facts) => ('problem' in facts ? [[facts.problem, facts]] : [])),
)

export const refusalCodes = [...refusals.keys()]

export function isRefusalCode(code: string): code is RefusalCode {
  return refusals.has(code as RefusalCode)
}

/** Whether the order stands: accepted now, or before. */
export function isAccepted(outcome: OrderOutcome): boolean {
  return 'countedAs' in orderOutcomes[outcome]
}

export function isAdoptionRefusal(outcome: LedgerVerdict): outcome is AdoptionRefusal {
  return orderOutcomes[outcome].adoption === 'rejected'
}

export function refusedTotal(code: RefusalCode): OrderTotal {
  return `refused:${code}`
}

/** The name under which a process counts this outcome. */
export function totalOf(outcome: OrderOutcome): OrderTotal {
  const facts = orderOutcomes[outcome]
  return 'problem' in facts ? refusedTotal(facts.problem) : facts.countedAs
}
