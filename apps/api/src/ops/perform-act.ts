import { createHash } from 'node:crypto'
import { problemOf, type Problem, type ProblemCode, type ProblemExtras } from '@flash-sale/contract/problem'
import type { AuditEvent } from '@flash-sale/database/audit-events'
import type { Statements } from '@flash-sale/database/connect'
import {
  findAct,
  keepAnswer,
  rememberAct,
  type ActRequest,
  type Effect,
  type KeptAnswer,
  type RememberedAct,
} from '@flash-sale/database/operator-acts'
import type { Locks } from '@flash-sale/lock/locks'
import type { Stores } from '@flash-sale/upkeep/stores'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendProblemBody } from '../problems/send-problem.ts'
import { storeFailureCode } from '../problems/store-failure.ts'
import { holdWaitMs, opsAnswer } from './ops-answer.ts'

/** Nothing was done, and this is why. */
export interface Refusal {
  readonly problem: ProblemCode
  readonly extras?: ProblemExtras
}

export type ActAnswer =
  | { readonly status: 200 | 201; readonly body: object; readonly location?: string | undefined }
  | Refusal

/** To be called in the transaction that has the act's effect. `event` is undefined when nothing was changed. */
export type Remember<E extends Effect> = (
  statements: Statements,
  effect: E,
  event: AuditEvent | undefined,
) => Promise<RememberedAct>

export interface OpsAct<E extends Effect> {
  /**
   * Does it and remembers it, or refuses. What it does before it remembers may be done again when the process dies in between; what
   * is remembered is not.
   */
  readonly act: (remember: Remember<E>) => Promise<RememberedAct | Refusal>
  /** Completes what was remembered, as often as it takes, and says what came of it. `isResumed`: an earlier try may have done so. */
  readonly answer: (effect: E, how: { eventId: bigint | undefined; isResumed: boolean }) => Promise<ActAnswer>
  /** Where what was created can be read; answers with 201 say it in `Location`. */
  readonly locationOf?: (effect: E) => string
}

/** Renewed while the act goes on; an act that died keeps its key from a retry no longer than this. */
const leaseMs = 5_000
/** A sale is to be paused and closed at once, also while Redis is away. In ms. */
const leaseAnswerMs = 500

/**
 * Performs an operator's act, under its idempotency key once: the key is stored by the very transaction that has the effect, and then
 * stands for it whatever becomes of this process. The same request again completes what is not complete, or gets the answer that was
 * kept. An answer of 5xx is not kept, and a refusal leaves the key free. Requests with one key are served one after the other; while
 * Redis is away only Postgres keeps them apart, and the later one is told BUSY.
 */
export async function performAct<E extends Effect>(
  { database, locks }: Stores,
  request: FastifyRequest,
  reply: FastifyReply,
  act: OpsAct<E>,
): Promise<FastifyReply> {
  const asked = requestOf(request)
  if (!asked) return send(reply, answerOf(await perform(undefined)))
  const digest = createHash('sha256').update(asked.key).digest('base64url')
  const answer = await inTurn(locks, `operator-act:${digest}`, async () => {
    const before = await opsAnswer(findAct(database, asked))
    if (before === 'KEY_CONFLICT') return answerOf({ problem: 'KEY_CONFLICT', extras: { detail: conflictDetail } })
    if (before?.answer) return { ...before.answer, location: locationFor(before), isReplayed: true }
    const performed = answerOf(await perform(asked, before))
    // Updates nothing where the act was refused, since then the key stands for nothing.
    if (performed.status < 500) await opsAnswer(keepAnswer(database, asked.key, performed))
    return performed
  })
  return send(reply, answer)

  async function perform(key: ActRequest | undefined, before?: RememberedAct): Promise<ActAnswer> {
    const remember: Remember<E> = (statements, effect, event) => rememberAct(statements, key, effect, event)
    const done = before ?? (await opsAnswer(act.act(remember)))
    if ('problem' in done) return done
    // What a key stands for is what this act remembered: the request is the same, and so is its route.
    const outcome = await act.answer(done.effect as E, { eventId: done.eventId, isResumed: before !== undefined })
    return 'status' in outcome ? { ...outcome, location: locationFor(done) } : outcome
  }

  function locationFor({ effect }: RememberedAct): string | undefined {
    return act.locationOf?.(effect as E)
  }
}

/** Does the work alone among those of this name, or without the lease if Redis cannot say whether it is free. */
async function inTurn<T>(locks: Locks, name: string, work: () => Promise<T>): Promise<T> {
  const options = { leaseMs, waitMs: holdWaitMs, answerMs: leaseAnswerMs, fenceKeptMs: leaseMs }
  let isBegun = false
  try {
    return await locks.using(name, options, () => {
      isBegun = true
      return work()
    })
  } catch (error) {
    if (isBegun || storeFailureCode(error) !== 'UNAVAILABLE') throw error
    return work()
  }
}

const conflictDetail = 'This key stands for another request of an operator; use a new one.'

function requestOf({ headers, method, routeOptions, params, body }: FastifyRequest): ActRequest | undefined {
  const key = headers['idempotency-key']
  return typeof key === 'string' ? { key, call: `${method} ${routeOptions.url}`, params, body } : undefined
}

interface Answer extends KeptAnswer {
  readonly location?: string | undefined
  readonly isReplayed?: boolean
}

function answerOf(answer: ActAnswer): Answer {
  if ('status' in answer) return answer
  const body = problemOf(answer.problem, answer.extras)
  return { status: body.status, body }
}

function send(reply: FastifyReply, { status, body, location, isReplayed }: Answer): FastifyReply {
  if (status === 201 && location !== undefined) reply.header('location', location)
  if (isReplayed) reply.header('idempotent-replayed', 'true')
  // What was kept is what answerOf() made of a problem.
  return status < 400 ? reply.code(status).send(body) : sendProblemBody(reply, body as Problem)
}
