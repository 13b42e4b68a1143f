import type { App } from '@flash-sale/local-stack/apps/start-app'
import type { Generator } from './load/generator.ts'
import type { Api, Stack } from './stack.ts'

/** How much is measured. */
export interface Settings {
  readonly rounds: number
  readonly warmUpRounds: number
  /** How long one thing is pressed at a time. */
  readonly sliceMs: number
  readonly connections: number
  /** How long API and worker are pressed together. */
  readonly sustainedMs: number
  /** Orders in a ledger whose cost is measured. */
  readonly ledgerSizes: readonly number[]
  /** Orders of each ledger size that are timed in a round. */
  readonly ordersOfSize: number
  /** Rows that are persisted in a round, each way. */
  readonly persistedRows: number
}

/** What a figure stands on: stores of its own, the generator, buyers with tokens. */
export interface Ground extends Stack {
  readonly settings: Settings
  readonly generator: Generator
  /** Tokens, each of another buyer. */
  readonly buyers: readonly string[]
  /** The API that figures share, as it comes; started when first asked for. */
  readonly api: () => Promise<Api>
  /** Tells a person what is being measured now. */
  readonly say: (what: string) => void
  readonly signal: AbortSignal
}

/** Long enough for a process that was stopped to find its connections again. */
const settleMs = 100

/** Does something while a process does not get the processor at all. */
export async function whileFrozen<Result>(app: App, act: () => Promise<Result>): Promise<Result> {
  const thaw = () => app.kill('SIGCONT')
  // Frozen, it would not even hear that it is to end.
  process.once('exit', thaw)
  app.kill('SIGSTOP')
  try {
    return await act()
  } finally {
    process.off('exit', thaw)
    thaw()
  }
}

export function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, settleMs))
}
