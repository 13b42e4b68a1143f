import { createRequire } from 'node:module'
import { isatty } from 'node:tty'
import { pino, type DestinationStream, type Level, type Logger as PinoLogger } from 'pino'
import { hideSecrets } from './hide-secrets.ts'

export type Logger = PinoLogger

export interface LoggerOptions {
  /** Which process this is, on every line. */
  readonly name: string
  readonly level: Level | 'silent'
  /** Where the lines go; stdout unless given. */
  readonly destination?: DestinationStream
}

const require = createRequire(import.meta.url)
const stdoutFd = 1
const unwrittenBytesMax = 64 * 1024

const secretFields = ['authorization', 'token', 'password', 'secret', 'JWT_SECRET', 'OPS_KEY', 'jwtSecret', 'opsKey']

/**
 * A logger that writes JSON, one line each; on a terminal in development, coloured text. Secrets are hidden by the name of their
 * field, and passwords in URLs and bearer tokens wherever they stand.
 */
export function createLogger({ name, level, destination }: LoggerOptions): Logger {
  const options = {
    name,
    level,
    redact: {
      // A command of Redis that failed is in its error: the password is an argument of HELLO.
      paths: [...secretFields, 'command.args'].flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
      censor: '***',
    },
    hooks: { streamWrite: hideSecrets },
  }
  return pino(options, destination ?? prettyStream() ?? standardOutput())
}

/** Standard output, whose loss (a closed terminal, a full disk) is no reason to stop: lines that cannot be written are lost. */
function standardOutput(): DestinationStream {
  // Synchronous: else the last lines before an exit come in another order, or not at all.
  const output = pino.destination({ dest: stdoutFd, sync: true, maxLength: unwrittenBytesMax })
  return output.on('error', () => undefined)
}

function prettyStream(): DestinationStream | undefined {
  // Asking process.stdout would make a pipe non-blocking, and then a slow reader makes synchronous writing fail.
  if (process.env['NODE_ENV'] === 'production' || !isatty(stdoutFd)) return undefined
  try {
    const pretty: (options: object) => DestinationStream = require('pino-pretty')
    return pretty({ colorize: true, destination: standardOutput(), ignore: 'pid,hostname' })
  } catch {
    // A development dependency: a production install does not have it.
    return undefined
  }
}
