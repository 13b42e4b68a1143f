import type { Point } from '../strategies/points.ts'
import type { Outcome } from '../strategies/strategy.ts'
import type { RedisPair, RedisUnderFault } from '../ground/redis-under-fault.ts'
import type { Text } from '@flash-sale/kit/text'

export type Name = 'A' | 'B' | 'C'

/** One process that sells, as a fault directs it. */
export interface Actor {
  readonly name: Name
  /** A new buyer asks. The sale stops at the first of these points that it reaches, until it is told to go on. */
  readonly sells: (...stopsAt: Point[]) => Sale
  /** The whole process stops, its timers included: SIGSTOP. */
  readonly pause: () => void
  /** SIGCONT */
  readonly resume: () => void
  /** SIGKILL */
  readonly kill: () => Promise<void>
  readonly setClockAhead: (ms: number) => Promise<void>
  /** Its connections to these of the five masters break. */
  readonly cutMasters: (indexes: readonly number[]) => Promise<void>
}

export interface Sale {
  /** Resolves when the sale stands at the point. Rejects with StageNotSetError when it gets there no more. */
  readonly reaches: (point: Point) => Promise<void>
  readonly goOn: (...stopsAt: Point[]) => void
  /** Undefined when the process died first, or does not answer at all. */
  readonly answer: Promise<Outcome | undefined>
}

/** What a fault has at hand. */
export interface Stage {
  readonly A: Actor
  readonly B: Actor
  readonly C: Actor
  readonly leaseMs: number
  /** How many buyers ask before it is clear that B gets no lock as long as A has it. */
  readonly asksMax: number
  /** Servers that were started for this trial alone: five masters, or one Redis. */
  readonly servers: readonly RedisUnderFault[]
  readonly pair: RedisPair | undefined
  /** Resolves when every sale so far is on record. */
  readonly persisted: () => Promise<void>
  /** Writes into the timeline what happens outside of the processes. */
  readonly note: (text: Text) => void
}

/** The machine was too busy for the fault to be set up. It says nothing about the strategy; the trial is begun again. */
export class StageNotSetError extends Error {
  override readonly name = 'StageNotSetError'
}

/** Servers that a fault needs for itself. */
export type Needs = 'nothing' | 'five masters' | 'one Redis' | 'a Redis with a replica'

/** A fault, and how it strikes. When it is over, the lab lets the buyers who are left ask. */
export interface Fault {
  readonly id: string
  readonly title: Text
  readonly needs: Needs
  readonly strike: (stage: Stage) => Promise<void>
}
