import { constants } from 'node:os'
import { startupFailureText } from '@flash-sale/runtime/run-main'

type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** Nobody waits longer after Ctrl-C: what has not stopped by then is left to the next run, which cleans up after this one. */
const stopWithinMs = 8_000

/**
 * Runs a command to its end and exits with the code that it returns; if it fails, says why in one line and exits 1. It is told through
 * `signal` to stop: by Ctrl-C, which arrives several times (from the terminal, from npx, from pnpm), by SIGTERM, and when the terminal
 * or the reader of a pipe goes away. However often, it stops once, in order.
 */
export async function runInterruptible(command: (signal: AbortSignal) => Promise<number>): Promise<never> {
  const stopping = new AbortController()
  let stopCode = 1
  const stop = (signal: Signal) => {
    if (stopping.signal.aborted) return
    stopCode = 128 + constants.signals[signal]
    setTimeout(() => process.exit(stopCode), stopWithinMs).unref()
    stopping.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => stop('SIGHUP'))
  try {
    process.exit(await command(stopping.signal))
  } catch (error) {
    if (stopping.signal.aborted) process.exit(stopCode)
    process.stderr.write(`✘ ${startupFailureText(error, process.env['LOG_LEVEL'])}\n`)
    process.exit(1)
  }
}
