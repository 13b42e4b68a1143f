import { createRequire } from 'node:module'
import { isatty } from 'node:tty'
import { pino, type DestinationStream, type Level, type Logger as PinoLogger } from 'pino'
import { hideSecrets } from './hide-secrets.ts'

export type Logger = PinoLogger

export interface LoggerOptions {
  /** The name of the process, which is on every line. */
  readonly name: string
  readonly level: Level | 'silent'
  /** Receives the lines. Default: stdout. */
  readonly destination?: DestinationStream
}

const require = createRequire(import.meta.url)
const stdoutFd = 1
const unwrittenBytesMax = 64 * 1024

const secretFields = [
  'authorization',
  'token',
  'password',
  'secret',
  'JWT_SECRET',
  'OPS_KEY',
  'jwtSecret',
  'opsKey',
  'secretKey',
  'webhookSecret',
]

/**
 * A logger that writes one line of JSON for each event, or coloured text on a terminal in development. It hides secrets by the names of
 * their fields, and hides passwords in URLs and bearer tokens everywhere.
 */
export function createLogger({ name, level, destination }: LoggerOptions): Logger {
  const options = {
    name,
    level,
    redact: {
      // An error of Redis contains its command, and the password is an argument of HELLO.
      paths: [...secretFields, 'command.args'].flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
      censor: '***',
    },
    hooks: { streamWrite: hideSecrets },
  }
  return pino(options, destination ?? prettyStream() ?? standardOutput())
}

/** Standard output. The process does not stop if it is lost (a closed terminal, a full disk): lines that cannot be written are dropped. */
function standardOutput(): DestinationStream {
  // Synchronous, since otherwise the last lines before an exit come in another order, or not at all.
  const output = pino.destination({ dest: stdoutFd, sync: true, maxLength: unwrittenBytesMax })
  return output.on('error', () => undefined)
}

function prettyStream(): DestinationStream | undefined {
  // Using process.stdout would make a pipe non-blocking, and then synchronous writes fail with a slow reader.
  if (process.env['NODE_ENV'] === 'production' || !isatty(stdoutFd)) return undefined
  try {
    const pretty: (options: object) => DestinationStream = require('pino-pretty')
    return pretty({ colorize: true, destination: standardOutput(), ignore: 'pid,hostname' })
  } catch {
    // A production install does not have this development dependency.
    return undefined
  }
}
