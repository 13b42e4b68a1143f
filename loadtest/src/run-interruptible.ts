import { constants } from 'node:os'
import { startupFailureText } from '@flash-sale/runtime/run-main'

/** One Ctrl-C arrives several times: from the terminal, and from each wrapper (npx, pnpm, tsx) that passes it on. */
const samePressMs = 1_000

/**
 * Runs a command to its end and exits with the code that it returns; if it fails, says why in one line and exits 1. On Ctrl-C, SIGTERM
 * or a closed terminal it is told through `signal` to stop; a second time, later, ends it at once.
 */
export async function runInterruptible(command: (signal: AbortSignal) => Promise<number>): Promise<never> {
  const stopping = new AbortController()
  let stopCode = 0
  let stoppedAtMs = 0
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted && performance.now() - stoppedAtMs > samePressMs) process.exit(stopCode)
      if (stopping.signal.aborted) return
      stopCode = 128 + constants.signals[signal]
      stoppedAtMs = performance.now()
      stopping.abort()
    })
  }
  try {
    process.exit(await command(stopping.signal))
  } catch (error) {
    if (stopping.signal.aborted) process.exit(stopCode)
    process.stderr.write(`✘ ${startupFailureText(error, process.env['LOG_LEVEL'])}\n`)
    process.exit(1)
  }
}
