import closeWithGrace from 'close-with-grace'
import type { Logger } from './logger.ts'
import { letGoOfLostTerminal } from './lost-terminal.ts'
import { watchWrappers } from './watch-wrappers.ts'

export interface CloseOnSignalOptions {
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error' | 'fatal'>
  /** Finishes the work of the process. Called once. */
  readonly close: () => Promise<void>
  /** After this time the process ends with exit code 1, even if `close` has not settled. In ms. */
  readonly timeoutMs?: number
  /** Signals within this time after the first count as the same Ctrl-C. Default 1 s. In ms. */
  readonly sameSignalMs?: number
}

/** Runs closers one after the other, from the last to the first, since later resources depend on earlier ones. */
export async function closeInReverse(closers: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const close of closers.toReversed()) await close()
}

const timeoutMsDefault = 10_000

/** One Ctrl-C arrives several times: from the terminal, and from each wrapper (npx, pnpm, tsx) that passes it on. */
const sameSignalMsDefault = 1_000

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Signals of faults of the process itself. A handler would return to the same fault, without end. */
const faultSignals = ['SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGSEGV', 'SIGTRAP'] as const

/** When this process was told to close, by `performance.now()`; undefined: it was not. */
let begunAtMs: number | undefined

/** Whether this process was told to close. */
export function isClosing(): boolean {
  return begunAtMs !== undefined
}

/**
 * Closes and ends the process when it is told to: on SIGINT, SIGTERM or SIGHUP (exit code 0), when the process that started it
 * and holds an IPC channel to it is gone (0), when npx or pnpm in front of it is gone (0), and on an error that nobody caught
 * (logged, 1). A second SIGINT or SIGTERM, later, ends it at once (1). Returns a function that does the same as a signal.
 */
export function closeOnSignal({
  logger,
  close,
  timeoutMs = timeoutMsDefault,
  sameSignalMs = sameSignalMsDefault,
}: CloseOnSignalOptions): () => void {
  // close-with-grace ends the process at the second signal, however soon it comes, so this function listens to signals itself.
  const skip: closeWithGrace.Signals[] = [...signals, ...faultSignals]
  const grace = closeWithGrace(
    {
      delay: timeoutMs,
      skip,
      logger: false,
      onTimeout: () => logger.error(`not closed after ${timeoutMs} ms: ending anyway`),
      onSecondError: (err) => logger.error({ err }, 'failed while closing'),
    },
    async ({ err }) => {
      begunAtMs ??= performance.now()
      if (err) logger.fatal({ err }, 'an error that nobody caught: closing')
      await close().catch((closeError: unknown) => {
        logger.error({ err: closeError }, 'could not close')
        throw closeError
      })
      logger.info('closed')
    },
  )

  const begin = (why: string) => {
    if (begunAtMs === undefined) {
      begunAtMs = performance.now()
      logger.info(`closing: ${why}`)
      grace.close()
    } else if (why !== 'SIGHUP' && performance.now() - begunAtMs > sameSignalMs) {
      // A terminal that is closed after Ctrl-C sends SIGHUP. That is no request to hurry.
      logger.warn(`ending at once: ${why} again`)
      process.exit(1)
    }
  }
  for (const signal of signals) process.on(signal, begin)
  const orphaned = () => begunAtMs === undefined && begin('the parent process is gone')
  if (process.connected) process.once('disconnect', orphaned)
  // The channel to the parent closed while this process was starting.
  else if (process.send) orphaned()
  watchWrappers(orphaned)
  letGoOfLostTerminal()
  return () => begunAtMs === undefined && begin('asked to')
}
