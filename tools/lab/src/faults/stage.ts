import type { Point } from '../strategies/points.ts'
import type { Outcome } from '../strategies/strategy.ts'
import type { RedisPair, RedisUnderFault } from '../ground/redis-under-fault.ts'
import type { Worker } from '../ground/product.ts'
import type { Text } from '@flash-sale/kit/text'

export type Name = 'A' | 'B' | 'C'

/** One process that sells, as a fault directs it. */
export interface Actor {
  readonly name: Name
  /** Lets a new buyer ask. The sale stops at the first of these points that it reaches, until the fault lets it continue. */
  readonly sells: (...stopsAt: Point[]) => Sale
  /** The whole process stops, its timers included: SIGSTOP. */
  readonly pause: () => void
  /** SIGCONT, if it is paused. */
  readonly resume: () => void
  /** SIGKILL */
  readonly kill: () => Promise<void>
  readonly setClockAhead: (ms: number) => Promise<void>
  /** Breaks its connections to these of the five masters. */
  readonly cutMasters: (indexes: readonly number[]) => Promise<void>
}

export interface Sale {
  /** Resolves when the sale waits at the point. Rejects with StageNotSetError if it can no longer get there. */
  readonly reaches: (point: Point) => Promise<void>
  readonly goOn: (...stopsAt: Point[]) => void
  /** Undefined if the process died first, or does not answer. */
  readonly answer: Promise<Outcome | undefined>
}

/** The means of a fault. */
export interface Stage {
  readonly A: Actor
  readonly B: Actor
  readonly C: Actor
  readonly leaseMs: number
  /** How many buyers ask before it is certain that B gets no lock while A has it. */
  readonly asksMax: number
  /** Servers of this trial alone: five masters, or one Redis. */
  readonly servers: readonly RedisUnderFault[]
  readonly pair: RedisPair | undefined
  /** The product's worker, if a server fails in this trial. */
  readonly worker: Worker | undefined
  /** Resolves when every sale so far is on record. */
  readonly persisted: () => Promise<void>
  /** Records an event outside of the processes in the timeline. */
  readonly note: (text: Text) => void
}

/** The machine was too busy to set the fault up. That says nothing about the strategy, and the trial starts again. */
export class StageNotSetError extends Error {
  override readonly name = 'StageNotSetError'
}

/** Servers that a fault needs for itself. */
export type Needs = 'nothing' | 'five masters' | 'one Redis' | 'a Redis with a replica'

/** The kinds of faults, in the order of the page. */
export const faultKinds = [
  'contention',
  'killed',
  'paused',
  'paused, first to write',
  'slow work',
  'clocks apart',
  'connections end',
  'clock of Redis jumps',
  'Redis loses its data',
  'stale replica promoted',
  'Redis and a seller lost',
] as const

export type FaultKind = (typeof faultKinds)[number]

/** A fault, and how it strikes. When it is over, the lab lets the remaining buyers ask. */
export interface Fault {
  readonly id: string
  /** The column of the page's table of faults. */
  readonly kind: FaultKind
  readonly title: Text
  readonly needs: Needs
  readonly strike: (stage: Stage) => Promise<void>
}
