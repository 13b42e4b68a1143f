import { isOfTheStock, judge, type Finding, type Verdict } from './checker/judge.ts'
import type { History, Hold } from './checker/history.ts'
import { createActor } from './faults/actor.ts'
import type { Happening } from './faults/happening.ts'
import { createRecorder, type Recorder } from './faults/recorder.ts'
import { StageNotSetError, type Actor, type Fault, type Name, type Stage } from './faults/stage.ts'
import type { Books } from './ground/books.ts'
import { openStand, type Stand } from './ground/stand.ts'
import type { Ground } from './ground/ground.ts'
import type { Seller } from './seller/seller.ts'
import type { SellerPool } from './seller/seller-pool.ts'
import { settledHistory, untilOnRecord } from './settled-history.ts'

/** A strategy under one fault, and the expected finding. */
export interface Trial {
  readonly strategy: string
  readonly books: Books
  readonly fault: Fault
  readonly withMasters: boolean
  readonly expected: readonly Finding[]
}

export interface TrialResult {
  readonly faultId: string
  readonly kind: Fault['kind']
  readonly title: Fault['title']
  readonly stock: number
  readonly verdict: Verdict
  readonly expected: readonly Finding[]
  readonly isAsExpected: boolean
  /** Buyers whose process died before it answered, and whether their order is on record. */
  readonly unanswered: readonly { readonly buyer: string; readonly isOnRecord: boolean }[]
  readonly happenings: readonly Happening[]
  readonly holds: readonly Hold[]
  /** When the fault was over and the remaining buyers could ask. In ms. */
  readonly strikeEndedMs: number
  readonly tookMs: number
}

export interface TrialGround {
  readonly ground: Ground
  readonly pool: SellerPool
  readonly seed: number
  readonly signal: AbortSignal
}

const stock = 10
/** The lab's lease. It stands for the usual 10 s. */
export const leaseMs = 400
/** A buyer's patience: longer than any lease of a holder that died. */
export const waitMs = 3 * leaseMs

const names: readonly Name[] = ['A', 'B', 'C']
const stagesMax = 4

/** Runs one trial. If the machine is too busy for the fault to strike, the trial starts again. A finding stays a finding. */
export async function runTrial(trial: Trial, on: TrialGround): Promise<TrialResult> {
  for (let tries = 1; ; tries += 1) {
    on.signal.throwIfAborted()
    try {
      const result = await runOnce(trial, on)
      if (tries === stagesMax || !hasMissed(result)) return result
    } catch (error) {
      if (!(error instanceof StageNotSetError) || tries === stagesMax) throw error
    }
  }
}

/** Whether the fault did not strike: the trial looks safe, but nobody got the lock beside the holder. */
function hasMissed({ verdict, expected, isAsExpected: isAsItShould }: TrialResult): boolean {
  return verdict.isSafe && !isAsItShould && !expected.some(isOfTheStock)
}

async function runOnce(trial: Trial, { ground, pool, seed, signal }: TrialGround): Promise<TrialResult> {
  const beganAtMs = performance.now()
  const stand = await openStand(ground, trial.books, {
    stock,
    needs: trial.fault.needs,
    withMasters: trial.withMasters,
  })
  const sellers = await pool.take(names.length)
  /** A process that was given back may be at work in another trial before this one has ended. */
  const own = new Set(sellers)
  // Work that waits for a process of the trial then fails at once.
  const breakOff = () => {
    for (const seller of own) seller.kill('SIGKILL')
  }
  signal.addEventListener('abort', breakOff)
  try {
    const settings = { ...stand.settings, strategy: trial.strategy, leaseMs, waitMs, traced: true, seed }
    await Promise.all(sellers.map((seller) => seller.open(settings)))
    const recorder = createRecorder()
    const actors = sellers.map((seller, i) => createActor(names[i]!, seller, recorder))
    await trial.fault.strike(stageOf(trial, { actors, stand, recorder, signal }))
    const strikeEndedMs = recorder.happenings().at(-1)?.atMs ?? 0
    await sellTheRest(actors, sellers)
    for (const seller of await closeAll(sellers, recorder)) {
      own.delete(seller)
      pool.giveBack(seller)
    }
    const history = await settledHistory({ stock, recorder, stand, signal })
    const verdict = judge(history)
    const { fault, expected } = trial
    return {
      faultId: fault.id,
      kind: fault.kind,
      title: fault.title,
      stock,
      verdict,
      expected,
      isAsExpected: isAsExpected(verdict, expected),
      unanswered: unansweredOf(history),
      happenings: recorder.happenings(),
      holds: history.holds.map(({ process, fromMs, untilMs, releasedMs }) => ({
        process,
        fromMs,
        untilMs,
        releasedMs,
      })),
      strikeEndedMs,
      tookMs: performance.now() - beganAtMs,
    }
  } finally {
    signal.removeEventListener('abort', breakOff)
    await Promise.all([...own].map((seller) => seller.stop()))
    await stand.close()
  }
}

interface Staged {
  readonly actors: readonly Actor[]
  readonly stand: Stand
  readonly recorder: Recorder
  readonly signal: AbortSignal
}

function stageOf(trial: Trial, { actors, stand, recorder, signal }: Staged): Stage {
  const [A, B, C] = actors as [Actor, Actor, Actor]
  return {
    A,
    B,
    C,
    leaseMs,
    // If B should get the lock, a busy machine may keep it waiting for longer than one buyer's patience.
    asksMax: trial.expected.length > 0 ? 3 : 1,
    servers: stand.servers,
    pair: stand.pair,
    worker: stand.worker,
    persisted: () => untilOnRecord(recorder, stand, signal),
    note: recorder.note,
  }
}

function unansweredOf({ calls, kept }: History): TrialResult['unanswered'] {
  if (!kept) return []
  return calls.filter(({ died }) => died).map(({ buyer }) => ({ buyer, isOnRecord: kept.includes(buyer) }))
}

/** After the fault, lets buyers ask one after the other until nothing is left, or nothing can be bought. */
async function sellTheRest(actors: readonly Actor[], sellers: readonly Seller[]): Promise<void> {
  const alive = actors.filter((_, i) => sellers[i]!.isAlive())
  if (alive.length === 0) return
  for (let i = 0; i < 2 * stock; i += 1) {
    if ((await alive[i % alive.length]!.sells().answer) !== 'sold') return
  }
}

/** Closes the shops. Resolves to the processes that another trial may use: all that live, unless one hangs. */
async function closeAll(sellers: readonly Seller[], recorder: Recorder): Promise<Seller[]> {
  const failure = recorder.failure()
  if (failure) throw failure
  const isHanging = recorder.history().calls.some(({ answer, died }) => !answer && !died)
  if (isHanging) return []
  const alive = sellers.filter((seller) => seller.isAlive())
  await Promise.all(alive.map((seller) => seller.close()))
  for (const seller of alive) seller.listener = undefined
  return alive
}

/**
 * Whether every expected fault was found, and the stock has no other fault. If only the stock is expected to be safe, two holders are
 * accepted too, since a busy machine may cause them.
 */
function isAsExpected({ findings }: Verdict, expected: readonly Finding[]): boolean {
  const others = findings.filter((finding) => !expected.includes(finding))
  return expected.every((finding) => findings.includes(finding)) && !others.some(isOfTheStock)
}
