import { createLocks } from '@flash-sale/lock/locks'
import type { OpenStores } from './open-stores.ts'

export interface PausableStores {
  readonly stores: OpenStores
  /** Questions that went through to a store so far. */
  readonly askedCount: () => number
  /** Resolves when a question was held back. */
  readonly paused: Promise<void>
  /** Sends on what was held back, and everything from now on. */
  readonly resume: () => void
}

/**
 * Stores as a process sees them that stops right before its `step`-th question to either of them, renewals of its leases
 * included: killed at that point, or, when resumed, paused there.
 */
export function pauseBefore(step: number, { redis, database, close }: OpenStores): PausableStores {
  let askedCount = 0
  let resume!: () => void
  let notePaused!: () => void
  const resumed = new Promise<void>((resolve) => (resume = resolve))
  const paused = new Promise<void>((resolve) => (notePaused = resolve))
  const ask = (question: () => unknown): unknown => {
    askedCount += 1
    if (askedCount < step) return question()
    notePaused()
    return resumed.then(question)
  }
  const pausableRedis = watched(redis, ask, isCommand)
  const stores: OpenStores = {
    redis: pausableRedis,
    database: watched(database, ask, isQuery),
    locks: createLocks(pausableRedis),
    close,
  }
  return { stores, paused, resume, askedCount: () => askedCount }
}

function isCommand(name: string): boolean {
  return name.startsWith('flashsale:') || ['xrange', 'hscan'].includes(name)
}

function isQuery(name: string): boolean {
  return ['$transaction', '$queryRaw', '$executeRaw', 'findUnique', 'findMany', 'create', 'updateMany'].includes(name)
}

/** The same object, with its questions to the store going through `ask`; so also those of the objects it holds. */
function watched<T extends object>(
  target: T,
  ask: (question: () => unknown) => unknown,
  isQuestion: (name: string) => boolean,
): T {
  return new Proxy(target, {
    get(object, property) {
      const value: unknown = Reflect.get(object, property)
      const name = String(property)
      if (typeof value === 'function') {
        const method = value as (...args: unknown[]) => unknown
        const call = (...args: unknown[]): unknown => method.apply(object, args)
        return isQuestion(name) ? (...args: unknown[]) => ask(() => call(...args)) : call
      }
      const isModel = typeof value === 'object' && value !== null && /^(?:saleItem|sale|order|auditEvent)$/.test(name)
      return isModel ? watched(value, ask, isQuestion) : value
    },
  })
}
