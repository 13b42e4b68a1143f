import { hideSecrets } from './hide-secrets.ts'
import { isClosing } from './shutdown.ts'
import { StartupError } from './startup-error.ts'

/**
 * Runs the main function of a process. If it fails, prints the reason in plain lines on stderr and exits with 1. The stack is shown only at
 * LOG_LEVEL=debug or trace. A process that was told to stop while it started ends as closing ends it: what it still began may fail.
 */
export async function runMain(main: () => Promise<void>): Promise<void> {
  try {
    await main()
  } catch (error) {
    if (isClosing()) return
    process.stderr.write(`${hideSecrets(startupFailureText(error, process.env['LOG_LEVEL']))}\n`)
    process.exit(1)
  }
}

/** The text for a process that could not start. */
export function startupFailureText(error: unknown, logLevel?: string): string {
  const verbose = logLevel === 'debug' || logLevel === 'trace'
  if (verbose && error instanceof Error) return error.stack ?? error.message
  if (error instanceof StartupError) return error.message
  return expectedText(error) ?? `Could not start: ${messageOf(error)} (LOG_LEVEL=debug shows where)`
}

interface SystemError extends Error {
  readonly code: string
  readonly address?: string
  readonly port?: number
  readonly hostname?: string
  /** The file of the failed call, if there is one. */
  readonly path?: string
}

function expectedText(error: unknown): string | undefined {
  // Node tries every address of a name and reports the tries together.
  const cause: unknown = error instanceof AggregateError ? error.errors[0] : error
  // For a file, Node's own message names the fault and the place.
  if (!isSystemError(cause) || cause.path !== undefined) return undefined
  const place = cause.address ? `${cause.address}${cause.port ? `:${cause.port}` : ''}` : (cause.hostname ?? 'a store')
  switch (cause.code) {
    case 'EADDRINUSE':
      return `Could not start: ${place} is in use by another process; stop that one or set PORT to another port`
    case 'EACCES':
      return `Could not start: not allowed to listen on ${place}; set PORT to a port above 1023`
    case 'EADDRNOTAVAIL':
      return `Could not start: this machine has no address ${place}; set HOST to one that it has`
    case 'ECONNREFUSED':
      return `Could not start: nothing listens on ${place}; start what should be there, or correct the URL that names it`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      // Failures of stores have their own errors, so this one is about the address to listen at.
      return `Could not start: no address is known for ${place}; correct HOST`
    default:
      return undefined
  }
}

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error)
  return message.replaceAll(/\s*\n\s*/g, ' ').trim()
}
