import { createHash } from 'node:crypto'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import type { Redis } from 'ioredis'
import { answerMsDefault } from '../held-lease.ts'
import { LockUnansweredError } from '../lock-errors.ts'
import type { Lock } from '../lock.ts'
import type { Locks } from '../locks.ts'
import { beginAnswer, keepAnswer } from './answer-scripts.ts'

/** What makes two requests the same. */
export interface DedupedRequest {
  /** Who asks. */
  readonly caller: string
  /** What is asked of: a method and a path, say. */
  readonly route: string
  /** Anything that JSON can hold; the order of an object's fields does not matter. */
  readonly body?: unknown
  /**
   * What the request changes. An answer stands until something else is done in its scope: of pause, resume and pause, none is the
   * same as one before. Default: the request alone.
   */
  readonly scope?: string
}

export interface DeduplicateOptions {
  /** How long after its answer the same request may come and get that answer. */
  readonly windowMs: number
  /** The guard of a process that died ends after this; it is renewed while the work goes on. */
  readonly leaseMs: number
  /** How long the same request waits for the first one's answer. Default two leases. */
  readonly waitMs?: number
  /** How long Redis may take to say whether the same request is under way. Default: as long as `waitMs`, and at least 2 s. */
  readonly answerMs?: number
  /** What the names of the guards begin with. Default 'dedupe'. */
  readonly namePrefix?: string
  /** A longer answer, in bytes of JSON, is not kept. Default 256 KiB. */
  readonly answerBytesMax?: number
}

/** The first of its kind, to be worked on and ended. */
export interface FirstTurn {
  readonly kind: 'FIRST'
  /** Held while the work goes on; its `fence` is for stores that can refuse a holder that lost it. */
  readonly lock: Lock
  /** Keeps the answer for the same requests. False if it was not kept: too long, outdated, or Redis is away. Never rejects. */
  keep(answer: unknown): Promise<boolean>
  /** Lets the next one have its turn: it gets the kept answer, or does the work. Never rejects. */
  end(): Promise<void>
}

export type Turn = FirstTurn | { readonly kind: 'ANSWERED'; readonly answer: unknown }

export interface Deduplicate {
  /**
   * Does the work once for the same requests within the window: the others wait for the first, and get its answer. When the work
   * fails, or its process dies, the next one does it. Rejects with what the work threw, or as `locks.acquire` does.
   */
  answer<T>(
    request: DedupedRequest,
    work: (lock: Lock) => Promise<T>,
  ): Promise<{ readonly answer: T; readonly isReplayed: boolean }>
  /** The same for work that does not end where it begins. */
  begin(request: DedupedRequest): Promise<Turn>
  /** Ends the window of what was done in this request's scope: something else is being done there. */
  forget(request: DedupedRequest): Promise<void>
}

const answerBytesMaxDefault = 256 * 1_024
/** Work that takes longer is done, and its answer is not kept. */
const markMs = 10 * 60_000

/** Answers the same request of the same caller once, across processes. */
export function createDeduplicate(
  redis: Redis,
  locks: Pick<Locks, 'acquire'>,
  options: DeduplicateOptions,
): Deduplicate {
  const { windowMs, answerBytesMax = answerBytesMaxDefault, namePrefix = 'dedupe', ...lease } = options
  const { answerMs = answerMsDefault, waitMs = 2 * lease.leaseMs } = lease

  const lastKeyOf = (request: DedupedRequest): string => `{${namePrefix}:${scopeOf(request)}}:last`

  async function begin(request: DedupedRequest): Promise<Turn> {
    const cameAt = performance.now()
    const digest = digestOf(request)
    const lastKey = lastKeyOf(request)
    const lockName = `${namePrefix}:${digest}`
    // Nobody checks the fence of a request that is over.
    const lock = await locks.acquire(lockName, { ...lease, fenceKeptMs: Math.max(windowMs, lease.leaseMs) })
    try {
      const unanswered = (): Error => new LockUnansweredError(lockName, answerMs)
      const waitedMs = performance.now() - cameAt
      const asked = beginAnswer(redis, lastKey, digest, lock.owner, markMs, waitedMs)
      const kept = await answerWithin(asked, answerMs, unanswered)
      if (kept === undefined) return firstTurn(lock, lastKey, digest)
      await lock[Symbol.asyncDispose]()
      return { kind: 'ANSWERED', answer: JSON.parse(kept) }
    } catch (error) {
      await lock[Symbol.asyncDispose]()
      throw error
    }
  }

  function firstTurn(lock: Lock, lastKey: string, digest: string): FirstTurn {
    return {
      kind: 'FIRST',
      lock,
      async keep(answer) {
        const text = JSON.stringify(answer) ?? 'null'
        if (Buffer.byteLength(text) > answerBytesMax) return false
        const kept = keepAnswer(redis, lastKey, digest, lock.owner, text, windowMs, waitMs)
        return answerWithin(kept, answerMs, 'Redis').catch(() => false)
      },
      async end() {
        await lock[Symbol.asyncDispose]()
      },
    }
  }

  return {
    begin,
    async answer<T>(request: DedupedRequest, work: (lock: Lock) => Promise<T>) {
      const turn = await begin(request)
      if (turn.kind === 'ANSWERED') return { answer: turn.answer as T, isReplayed: true }
      try {
        const answer = await work(turn.lock)
        await turn.keep(answer)
        return { answer, isReplayed: false }
      } finally {
        await turn.end()
      }
    },
    async forget(request) {
      await redis.del(lastKeyOf(request))
    },
  }
}

function scopeOf(request: DedupedRequest): string {
  return request.scope === undefined ? digestOf(request) : sha256(['scope', request.caller, request.scope])
}

function digestOf({ caller, route, body = null }: DedupedRequest): string {
  return sha256([caller, route, body])
}

function sha256(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts, sorted)).digest('base64url')
}

/** An object with its fields in order, so that the same fields make the same text. */
function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
