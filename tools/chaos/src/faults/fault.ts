import { setTimeout as sleep } from 'node:timers/promises'
import type { Text } from '@flash-sale/kit/text'
import type { Town } from '../town/town.ts'
import type { TownProcess } from '../town/town-process.ts'

/** Where the system stands when a fault strikes. */
export type Point =
  | 'in the storm'
  | 'after the script ran'
  | 'before COMMIT'
  | 'after COMMIT'
  | 'with a backlog'
  | 'in a rebuild'
  | 'as a buyer cancels'
  | 'as orders expire'
  | 'as money comes'

/** What a fault has to strike. Every choice is drawn from the seed of the round. */
export interface Scene {
  readonly town: Town
  readonly saleId: number
  readonly itemId: number
  /** The item that asks for payment. */
  readonly paidItemId: number
  /** Further items that have to sell again after the fault. */
  readonly others: number[]
  /** The processes that the point is reached at. */
  readonly api: TownProcess
  readonly worker: TownProcess
  readonly random: () => number
  readonly signal: AbortSignal
}

/** Ends a fault. What comes after it is recovery. */
export type Heal = () => Promise<void>

export interface Fault {
  readonly name: string
  readonly title: Text
  readonly points: readonly Point[]
  /** What outlives it: an accepted order may be lost only by a fault that leaves neither. */
  readonly survives: {
    /** The API processes that accepted the orders. */
    readonly acceptingApi: boolean
    /** What Redis had written. */
    readonly redisDisk: boolean
  }
  /** It makes the ledger offer units that are not there: some orders are turned down, visibly. */
  readonly mayReject?: boolean
  /**
   * Postgres comes back older. What it forgot of money and of the feed, people bring back by docs/recover.md, which the tests of that page
   * judge. Here only stock and orders are judged after it.
   */
  readonly forgetsMoney?: boolean
  /** What this version is known to do wrong; goes when that is mended. */
  readonly today?: string
  /** How long it lasts, in ms. */
  readonly lengthMs: { readonly min: number; readonly max: number }
  /** How soon after it every item should sell again. Default 5 s. Told, never judged: it depends on the machine. In ms. */
  readonly recoversWithinMs?: number
  /** Runs before buyers come. */
  readonly prepare?: (scene: Scene) => Promise<void>
  /** Resolves, once it has struck, with what ends it. */
  readonly strike: (scene: Scene) => Promise<Heal>
}

/** Whether accepted orders may be lost, if a process says so. */
export function mayLose({ survives }: Fault): boolean {
  return !survives.acceptingApi && !survives.redisDisk
}

const recoversWithinMsDefault = 5_000

/** Whether a recovery took longer than it should after this fault. */
export function isLate({ recoversWithinMs = recoversWithinMsDefault }: Fault, recoveryMs: number): boolean {
  return recoveryMs > recoversWithinMs
}

export const nothingToHeal: Heal = () => Promise.resolve()

export const atOnce = { min: 0, max: 0 }
export const aMoment = { min: 200, max: 1_500 }

/** Does something so many times, with a pause after each. */
export async function again(
  count: number,
  { pauseMs, random }: { readonly pauseMs: { min: number; max: number }; readonly random: () => number },
  act: () => Promise<unknown>,
): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    await act()
    await sleep(between(pauseMs, random))
  }
}

/** The network between the processes and one store is cut. */
export function cutNetwork(store: 'redis' | 'postgres', title: Text, points: readonly Point[]): Fault {
  return {
    name: `cut-${store}`,
    title,
    points,
    survives: { acceptingApi: true, redisDisk: true },
    lengthMs: { min: 200, max: 4_000 },
    async strike({ town }) {
      for (const one of town.processes) one[store].refuse()
      return async () => town.processes.forEach((one) => one[store].accept())
    },
  }
}

/** A number of the range, drawn from the seed. */
export function between({ min, max }: { min: number; max: number }, random: () => number): number {
  return min + random() * (max - min)
}

export function oneOf<Thing>(things: readonly Thing[], random: () => number): Thing {
  return things[Math.floor(random() * things.length)]!
}
