import { constants } from 'node:os'
import { hideSecrets } from './hide-secrets.ts'
import { letGoOfLostTerminal } from './lost-terminal.ts'
import { startupFailureText } from './run-main.ts'
import { StartupError } from './startup-error.ts'
import { watchWrappers } from './watch-wrappers.ts'

type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** Nobody waits longer after Ctrl-C: what has not stopped by then is left to the next run, which cleans up after this one. */
const stopWithinMs = 4_500

/**
 * Runs a command to its end and exits with the code that it returns; if it fails, says why in one line and exits 1. It is told through
 * `signal` to stop: by Ctrl-C, which arrives several times (from the terminal, from npx, from pnpm), by SIGTERM, and when the terminal,
 * the reader of a pipe, or npx or pnpm in front of it goes away. However often, it stops once, in order, and promptly.
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

/** One line for what can be expected to go wrong; the whole of it with LOG_LEVEL=debug. */
function failureText(error: unknown): string {
  const { LOG_LEVEL } = process.env
  const isExpected = error instanceof Error && error.constructor === Error && !('code' in error)
  if (!isExpected || LOG_LEVEL === 'debug') return startupFailureText(error, LOG_LEVEL)
  const [first, ...others] = error.message.trim().split(/\s*\n\s*/)
  const last = others.at(-1)
  if (last === undefined) return startupFailureText(new StartupError(first))
  // Of a process that ended at once, its last words say more than its exit code.
  return startupFailureText(new StartupError(`${first?.replace(/: it ended with exit code \d+$/, '')}: ${last}`))
}
