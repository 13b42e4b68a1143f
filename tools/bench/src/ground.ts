import type { App } from '@flash-sale/local-stack/apps/start-app'
import type { Generator } from './load/generator.ts'
import type { Api, Stack } from './stack.ts'

/** The amount of measuring. */
export interface Settings {
  readonly rounds: number
  readonly warmUpRounds: number
  /** How long one thing is pressed at a time. */
  readonly sliceMs: number
  readonly connections: number
  /** Orders in a slice of which each is another buyer's. */
  readonly newBuyers: number
  /** Connections that arrive at once when a sale starts, and how many starts there are. */
  readonly arrivals: number
  readonly starts: number
  /** How long API and worker are pressed together. */
  readonly sustainedMs: number
  /** Orders in a ledger whose cost is measured. */
  readonly ledgerSizes: readonly number[]
  /** Orders of each ledger size that are timed in a round. */
  readonly ordersOfSize: number
  /** Rows that are persisted in a round, each way. */
  readonly persistedRows: number
}

/** The environment of a figure: its own stores, the generator, and buyers with tokens. */
export interface Ground extends Stack {
  readonly settings: Settings
  readonly generator: Generator
  /** Tokens, each of another buyer. */
  readonly buyers: readonly string[]
  /** The API with default settings, which figures share. It starts at the first call. */
  readonly api: () => Promise<Api>
  /** Shows a person which part is being measured. */
  readonly say: (what: string) => void
  readonly signal: AbortSignal
}

/** Long enough for a process that was stopped to find its connections again. */
const settleMs = 100

/** Runs `act` while a process is stopped (SIGSTOP). */
export async function whileFrozen<Result>(app: Pick<App, 'kill'>, act: () => Promise<Result>): Promise<Result> {
  const thaw = () => app.kill('SIGCONT')
  // A stopped process would not receive the signal to end.
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
