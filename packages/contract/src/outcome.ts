import type { Problem } from './problem.ts'

interface Success<Value> {
  readonly ok: true
  readonly status: number
  readonly value: Value
  /** The same idempotency key got this answer before. */
  readonly replayed?: true
}

/** There is no answer that this client understands: the network failed, the time is over, or a proxy answered. The call may have had an effect. */
export interface NoAnswer {
  readonly code: 'NO_ANSWER'
  readonly title: string
  readonly detail: string
  /** The HTTP status, if there was an answer. */
  readonly status?: number
}

export interface Failure {
  readonly ok: false
  /** `code` says which problem it is. */
  readonly problem: Problem | NoAnswer
}

export type Outcome<Value> = Success<Value> | Failure

export interface KeyOption {
  readonly idempotencyKey?: string
}

export interface ActOptions extends KeyOption {
  /** Why, for the audit trail. */
  readonly reason?: string | undefined
}

/** Of a call that must say why. */
export interface ActOptionsWithReason extends ActOptions {
  readonly reason: string
}
