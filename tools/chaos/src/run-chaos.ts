import { setMaxListeners } from 'node:events'
import path from 'node:path'
import type { RunFolder } from '@flash-sale/local-stack/machine/run-folder'
import type { StepProgress } from '@flash-sale/kit/step-progress'
import type { SoldItem } from './load/crowd.ts'
import type { RoundResult } from './round/round-result.ts'
import { openItem, runRound } from './round/run-round.ts'
import { scheduleOf, type Aimed, type Strike } from './schedule.ts'
import { openTown, type Town } from './town/town.ts'

export interface ChaosResults {
  /** When it began. */
  readonly at: string
  readonly seed: number
  readonly tookMs: number
  /** The command line that repeats the run. */
  readonly command: string
  readonly rounds: readonly RoundResult[]
}

export interface ChaosOptions {
  readonly faults: readonly Aimed[]
  readonly faultCount: number
  readonly seed: number
  readonly command: string
  readonly runFolder: RunFolder
  readonly progress: StepProgress
  readonly signal: AbortSignal
}

const longSaleUnits = 1_000_000

/**
 * Strikes so many times in the seed's order. Stores that a breach was found in are thrown away, so each breach is its own round's. When the
 * signal is aborted it resolves with the rounds that were judged by then.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosResults> {
  const { faults, faultCount, seed, command, progress, signal } = options
  // Each buyer who waits listens to it.
  setMaxListeners(0, signal)
  const at = new Date()
  const rounds: RoundResult[] = []
  const strikes = scheduleOf(faults, faultCount, seed)
  progress.begin(strikes.length)
  let ground: Ground | undefined
  let feedFrom: string | undefined
  try {
    for (const [number, strike] of strikes.entries()) {
      ground ??= await openGround(options, number)
      const ran = await runRound(strike, { ...ground, feedFrom, number, signal }).catch((error: unknown) => {
        signal.throwIfAborted()
        return { result: brokenRound(strike, error), feedFrom: undefined }
      })
      const round = ran.result
      feedFrom = ran.feedFrom
      rounds.push(round)
      progress.done(`${round.fault}, ${round.point}: ${outcomeOf(round)}`)
      if (round.breaches.length + round.toldLossCount === 0) continue
      await ground.town.close()
      ground = undefined
      feedFrom = undefined
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    await ground?.town.close()
  }
  return { at: at.toISOString(), seed, tookMs: Date.now() - at.getTime(), command, rounds }
}

interface Ground {
  readonly town: Town
  readonly longSale: SoldItem
}

const openTriesMax = 3

/** A machine that is busy with something else may be too slow for the first order: that is not worth a run of an hour. */
async function openGround(options: ChaosOptions, number: number): Promise<Ground> {
  for (let tries = 1; ; tries += 1) {
    options.signal.throwIfAborted()
    try {
      return await tryToOpen(options, `town-${number}-${tries}`)
    } catch (error) {
      if (tries === openTriesMax) throw error
    }
  }
}

async function tryToOpen({ runFolder, progress, signal }: ChaosOptions, name: string): Promise<Ground> {
  progress.line('Starting Redis, Postgres, two APIs and two workers')
  const folder = path.join(runFolder.path, name)
  const town = await openTown({ folder, recordPid: runFolder.recordPid, onProgress: progress.line, signal })
  try {
    return { town, longSale: await openItem(town, longSaleUnits, 'Long sale', signal) }
  } catch (error) {
    await town.close()
    throw error
  }
}

/** A service that does not even sell before the strike, or cannot be made whole after it, has not recovered from the one before. */
function brokenRound({ fault, point, seed }: Strike, error: unknown): RoundResult {
  const detail = error instanceof Error ? error.message : String(error)
  const unknown = { orderCount: 0, refusedCount: 0, neverToldCount: 0 }
  const breaches = [{ kind: 'stranded' as const, detail: `the round broke off: ${detail}`, excerpt: [] }]
  const lives = { paidCount: 0, givenBackCount: 0, refundedCount: 0 }
  const nothing = { acceptedCount: 0, lives, toldLossCount: 0, recoveryMs: undefined, alarms: [] }
  return { fault: fault.name, point, seed, breaches, unknown, ...nothing }
}

function outcomeOf({ breaches, acceptedCount, lives, recoveryMs }: RoundResult): string {
  if (breaches.length > 0)
    return `${breaches.length} ${breaches.length === 1 ? 'breach' : 'breaches'}, ${breaches[0]!.detail}`
  return `${acceptedCount} orders accepted and kept, ${lives.paidCount} paid, ${lives.givenBackCount} given back, recovered in ${Math.round(recoveryMs ?? 0)} ms`
}

export function hasBreach({ rounds }: ChaosResults): boolean {
  return rounds.some(({ breaches }) => breaches.length > 0)
}
