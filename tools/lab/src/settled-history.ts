import { setTimeout as sleep } from 'node:timers/promises'
import type { History } from './checker/history.ts'
import { judge } from './checker/judge.ts'
import type { Recorder } from './faults/recorder.ts'
import type { Stand } from './ground/stand.ts'

interface SettledOptions {
  readonly stock: number
  readonly recorder: Recorder
  readonly stand: Stand
  readonly signal: AbortSignal
}

/** The worker finds an order without a ring within seconds. */
const countedWithinMs = 8_000
const askAgainMs = 25

/** Waits until units and orders in the store add up, or until it is certain that they will not. */
export async function settledHistory({ stock, recorder, stand, signal }: SettledOptions): Promise<History> {
  const read = async (): Promise<History> => {
    const [unitsLeft, kept] = await Promise.all([stand.unitsLeft(), stand.kept()])
    return { stock, ...recorder.history(), unitsLeft, kept }
  }
  if (!stand.settlesLater) return read()
  let history = await read()
  await eventually(async () => {
    history = await read()
    return history.unitsLeft !== undefined && judge(history).isSafe
  }, signal).catch(() => undefined)
  return history
}

/** Waits until every sale so far is on record. */
export async function untilOnRecord(recorder: Recorder, stand: Stand, signal: AbortSignal): Promise<void> {
  await eventually(async () => isOnRecord(recorder.history().calls, (await stand.kept()) ?? []), signal)
}

function isOnRecord(calls: History['calls'], kept: readonly string[]): boolean {
  return calls.every(({ answer, buyer }) => answer?.outcome !== 'sold' || kept.includes(buyer))
}

async function eventually(holds: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + countedWithinMs
  while (!(await holds())) {
    signal.throwIfAborted()
    if (performance.now() > deadline) throw new Error(`the stores did not settle within ${countedWithinMs} ms`)
    await sleep(askAgainMs)
  }
}
