import { constants } from 'node:os'
import { hideSecrets } from './hide-secrets.ts'
import { letGoOfLostTerminal } from './lost-terminal.ts'
import { startupFailureText } from './run-main.ts'
import { StartupError } from './startup-error.ts'
import { watchWrappers } from './watch-wrappers.ts'

type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** The longest wait after Ctrl-C. The next run ends what has not stopped by then. */
const stopWithinMs = 4_500

/**
 * Runs a command to its end and exits with the code that it returns. If it fails, prints the reason in one line and exits with 1. `signal`
 * tells the command to stop: after Ctrl-C, which arrives several times (from the terminal, npx and pnpm), after SIGTERM, and when the
 * terminal, the reader of a pipe, npx or pnpm goes away. The command stops once, in order and promptly, however many signals come.
 */
export async function runInterruptible(command: (signal: AbortSignal) => Promise<number>): Promise<never> {
  const stopping = new AbortController()
  let cause: Signal = 'SIGHUP'
  const stop = (signal: Signal) => {
    if (stopping.signal.aborted) return
    cause = signal
    setTimeout(() => process.exit(exitCodeOf(signal)), stopWithinMs).unref()
    stopping.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => stop('SIGHUP'))
  watchWrappers(() => stop('SIGHUP'))
  letGoOfLostTerminal()
  try {
    process.exit(await command(stopping.signal))
  } catch (error) {
    if (stopping.signal.aborted) process.exit(exitCodeOf(cause))
    process.stderr.write(`✘ ${hideSecrets(failureText(error))}\n`)
    process.exit(1)
  }
}

function exitCodeOf(signal: Signal): number {
  return 128 + constants.signals[signal]
}

/** One line for an expected failure; the whole error with LOG_LEVEL=debug. */
function failureText(error: unknown): string {
  const { LOG_LEVEL } = process.env
  const isExpected = error instanceof Error && error.constructor === Error && !('code' in error)
  if (!isExpected || LOG_LEVEL === 'debug') return startupFailureText(error, LOG_LEVEL)
  const [first, ...others] = error.message.trim().split(/\s*\n\s*/)
  const last = others.at(-1)
  if (last === undefined) return startupFailureText(new StartupError(first))
  // The last output of a process that ended at once says more than its exit code.
  return startupFailureText(new StartupError(`${first?.replace(/: it ended with exit code \d+$/, '')}: ${last}`))
}
