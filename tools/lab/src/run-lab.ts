import { setMaxListeners } from 'node:events'
import { cpus } from 'node:os'
import type { RunFolder } from '@flash-sale/local-stack/machine/run-folder'
import type { Row } from './field.ts'
import type { Books } from './ground/books.ts'
import { openGround } from './ground/ground.ts'
import { runLoadOf, type Load } from './run-load.ts'
import { runTrial, type Trial, type TrialGround, type TrialResult } from './run-trial.ts'
import { seededRandom, shuffled } from '@flash-sale/kit/seeded-random'
import type { StepProgress } from '@flash-sale/kit/step-progress'
import { openSellerPool } from './seller/seller-pool.ts'

export interface LabResults {
  /** When it began. */
  readonly at: string
  readonly seed: number
  readonly tookMs: number
  readonly machine: string
  readonly versions: readonly string[]
  readonly rows: readonly RowResult[]
}

export interface RowResult {
  readonly id: string
  readonly title: string
  readonly isSafe: boolean
  readonly books: Books
  /** Why the strategy did not run. */
  readonly skipped?: string
  readonly trials: readonly TrialResult[]
  readonly load?: Load
}

interface LabOptions {
  readonly rows: readonly Row[]
  readonly seed: number
  /** How often each strategy is measured under load; its best round counts. */
  readonly loadRounds: number
  readonly runFolder: RunFolder
  readonly progress: StepProgress
  readonly signal: AbortSignal
}

/** Trials mostly wait for leases to end, so a few at a time do not make a small machine busier. */
const trialsAtATime = 3

/** Runs every trial of these strategies in an order that the seed decides, then the load on each strategy alone. */
export async function runLab({ rows, seed, loadRounds, runFolder, progress, signal }: LabOptions): Promise<LabResults> {
  const at = new Date()
  // Each server and process of a trial listens to it.
  setMaxListeners(0, signal)
  const pool = openSellerPool(runFolder, trialsAtATime * 3)
  try {
    progress.line('Starting Redis, Postgres and ZooKeeper')
    const withZooKeeper = rows.some((row) => row.needsZooKeeper)
    const ground = await openGround({ runFolder, onProgress: progress.line, signal, withZooKeeper })
    try {
      const on: TrialGround = { ground, pool, seed, signal }
      const missing = 'missing' in ground.zookeeper ? ground.zookeeper.missing : undefined
      const running = rows.filter((row) => !row.needsZooKeeper || missing === undefined)
      if (running.length < rows.length) progress.line(`Without ZooKeeper: ${missing}`)
      const { trials, loads } = await runAll(running, loadRounds, on, progress)
      return {
        at: at.toISOString(),
        seed,
        tookMs: Date.now() - at.getTime(),
        machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`,
        versions: ground.versions,
        rows: rows.map((row) => resultOf(row, trials, loads, missing)),
      }
    } finally {
      await pool.stop()
      await ground.stop()
    }
  } finally {
    await pool.stop()
  }
}

/** Runs several rounds, since other work of the machine may disturb a round. */
function better(a: Load, b: Load): Load {
  const [slower, faster] = a.ordersPerSecond < b.ordersPerSecond ? [a, b] : [b, a]
  // Units that were sold twice count in every round.
  return { ...faster, oversold: slower.oversold + faster.oversold, sold: slower.sold + faster.sold }
}

type Trials = ReadonlyMap<Row, readonly TrialResult[]>
type Loads = ReadonlyMap<Row, Load>

async function runAll(
  rows: readonly Row[],
  loadRounds: number,
  on: TrialGround,
  progress: StepProgress,
): Promise<{ trials: Trials; loads: Loads }> {
  // ZooKeeper starts first, since its start takes longest and nobody needs it at once.
  if (rows.some((row) => row.books === 'product')) on.ground.product().catch(() => undefined)
  const tasks = shuffled(rows.flatMap(trialsOf), seededRandom(on.seed))
  progress.begin(tasks.length + loadRounds * rows.length)
  const found = new Map<Trial, TrialResult>()
  await inParallel(trialsAtATime, tasks, async ({ row, trial }) => {
    found.set(trial, await runTrial(trial, on))
    progress.done(`${row.title}: ${trial.fault.title.en}`)
  })
  const loads = new Map<Row, Load>()
  for (let round = 0; round < loadRounds; round += 1) {
    for (const row of rows) {
      const before = loads.get(row)
      const load = await runLoadOf(row, on)
      loads.set(row, before ? better(before, load) : load)
      progress.done(`${row.title}: under load`)
    }
  }
  const resultsOf = (row: Row) =>
    row.faults.flatMap(({ fault }) => {
      const task = tasks.find((one) => one.row === row && one.trial.fault === fault)
      const result = task && found.get(task.trial)
      return result ? [result] : []
    })
  return { trials: new Map(rows.map((row) => [row, resultsOf(row)])), loads }
}

function trialsOf(row: Row): { row: Row; trial: Trial }[] {
  const { id: strategy, books, needsMasters: withMasters = false } = row
  return row.faults.map(({ fault, findings: expected }) => ({
    row,
    trial: { strategy, books, fault, withMasters, expected },
  }))
}

function resultOf(row: Row, trials: Trials, loads: Loads, missing: string | undefined): RowResult {
  const { id, title, isSafe, books } = row
  const load = loads.get(row)
  const isSkipped = row.needsZooKeeper && missing !== undefined
  return {
    id,
    title,
    isSafe,
    books,
    ...(isSkipped && { skipped: missing }),
    trials: trials.get(row) ?? [],
    ...(load && { load }),
  }
}

/** Whether every verdict is the expected one. Rows that could not run are ignored. */
export function isAsExpected({ rows }: LabResults): boolean {
  return rows.every(({ trials, load, isSafe }) => {
    const isSafeUnderLoad = !isSafe || !load || load.oversold === 0
    return isSafeUnderLoad && trials.every((trial) => trial.isAsExpected)
  })
}

async function inParallel<Task>(
  count: number,
  tasks: readonly Task[],
  run: (task: Task) => Promise<void>,
): Promise<void> {
  const left = [...tasks]
  let failed = false
  const lane = async () => {
    for (let task = left.shift(); task && !failed; task = left.shift()) {
      try {
        await run(task)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const lanes = await Promise.allSettled(Array.from({ length: count }, lane))
  const failure = lanes.find((result) => result.status === 'rejected')
  if (failure) throw failure.reason
}
