import type { Logger } from 'pino'

/** Logs once that something fails, and once that it works again, since a store that is away fails every second. */
export interface TroubleLog {
  failed(error: unknown): void
  worked(): void
}

/** `what` stands before "fails" and "works again". */
export function createTroubleLog(logger: Logger, what: string): TroubleLog {
  let trouble: string | undefined
  return {
    failed(error) {
      const reason = error instanceof Error ? error.message : String(error)
      if (reason === trouble) return
      trouble = reason
      logger.warn({ reason }, `${what} fails, and is tried again`)
      if (logger.isLevelEnabled('debug')) logger.debug({ err: error }, `${what} fails`)
    },
    worked() {
      if (trouble !== undefined) logger.info(`${what} works again`)
      trouble = undefined
    },
  }
}
