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

/** Nothing was done, for this reason. */
export interface Refusal {
  readonly problem: ProblemCode
  readonly extras?: ProblemExtras
}

export type ActAnswer =
  | { readonly status: 200 | 201; readonly body: object; readonly location?: string | undefined }
  | Refusal

/** Call it in the transaction that has the act's effect. `event` is undefined if nothing was changed. */
export type Remember<E extends Effect> = (
  statements: Statements,
  effect: E,
  event: AuditEvent | undefined,
) => Promise<RememberedAct>

export interface OpsAct<E extends Effect> {
  /**
   * Does the act and remembers it, or refuses. If the process dies before the act is remembered, the work so far may be repeated; a
   * remembered act is not.
   */
  readonly act: (remember: Remember<E>) => Promise<RememberedAct | Refusal>
  /** Completes a remembered act and returns the answer. It may run several times. `isResumed`: an earlier try may have completed it. */
  readonly answer: (effect: E, how: { eventId: bigint | undefined; isResumed: boolean }) => Promise<ActAnswer>
  /** The path of the created resource, for the `Location` of an answer with 201. */
  readonly locationOf?: (effect: E) => string
}

/** Renewed while the act runs. An act whose process died blocks a retry of its key no longer than this. */
export const actLeaseMs = 5_000
/** Short, since pausing and closing a sale must not wait for a Redis that is away. In ms. */
const leaseAnswerMs = 500

/**
 * Performs an operator's act, once for each idempotency key. The transaction that has the effect stores the key too, so that the key stands
 * for the act even if this process dies. The same request again completes the act, or gets the kept answer. Answers of 5xx are not kept,
 * and a refusal leaves the key free. Requests with one key run one after the other; while Redis is away only Postgres keeps them apart,
 * and the later request gets BUSY.
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
    // Updates nothing after a refusal, since the key then stands for no act.
    if (performed.status < 500) await opsAnswer(keepAnswer(database, asked.key, performed))
    return performed
  })
  return send(reply, answer)

  async function perform(key: ActRequest | undefined, before?: RememberedAct): Promise<ActAnswer> {
    const remember: Remember<E> = (statements, effect, event) =>
      rememberAct(statements, key, effect, event && { ...event, detail: { ...event.detail, ...request.said } })
    const done = before ?? (await opsAnswer(act.act(remember)))
    if ('problem' in done) return done
    // The request is the same, and so is its route, so the stored effect is of this act's type.
    const outcome = await act.answer(done.effect as E, { eventId: done.eventId, isResumed: before !== undefined })
    return 'status' in outcome ? { ...outcome, location: locationFor(done) } : outcome
  }

  function locationFor({ effect }: RememberedAct): string | undefined {
    return act.locationOf?.(effect as E)
  }
}

/** Runs the work under the lease of this name, or without it if Redis does not answer. */
async function inTurn<T>(locks: Locks, name: string, work: () => Promise<T>): Promise<T> {
  const options = { leaseMs: actLeaseMs, waitMs: holdWaitMs, answerMs: leaseAnswerMs, fenceKeptMs: actLeaseMs }
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
  // The kept answer is what answerOf() made of a problem.
  return status < 400 ? reply.code(status).send(body) : sendProblemBody(reply, body as Problem)
}
