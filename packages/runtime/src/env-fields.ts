import { isIP } from 'node:net'
import { Type } from 'typebox'
import { databaseUrlFault } from './database-url-fault.ts'
import { fileFault } from './file-fault.ts'
import { redisUrlFault } from './redis-address.ts'

/*
 * A description continues the sentence "NAME is ...", and an example shows what to write: a wrong or missing variable is
 * reported with both. `writeOnly` marks what may hold a secret, so that its value is never printed. `faultOf` says what a
 * schema cannot, continuing "it ...".
 */

export const redisUrl = Type.String({
  description: 'the address of Redis 7.0 or later',
  examples: ['redis://127.0.0.1:6379'],
  faultOf: redisUrlFault,
  writeOnly: true,
})

export const databaseUrl = Type.String({
  description: 'the address of the Postgres database',
  examples: ['postgresql://user:password@127.0.0.1:5432/flash_sale'],
  faultOf: databaseUrlFault,
  writeOnly: true,
})

export const redisCaFile = caFile('Redis')
export const databaseCaFile = caFile('Postgres')

function caFile(of: string) {
  return Type.Optional(
    Type.String({
      description: `the file with the certificate (PEM) of the CA that signed the one of ${of}`,
      examples: ['/etc/ssl/our-ca.pem'],
      faultOf: fileFault,
    }),
  )
}

/** What a command reads that works on both stores. */
export const StoreEnv = Type.Object({
  REDIS_URL: redisUrl,
  REDIS_CA_FILE: redisCaFile,
  DATABASE_URL: databaseUrl,
  DATABASE_CA_FILE: databaseCaFile,
})

export const logLevel = Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
  type: 'string',
  description: 'how much to log',
  default: 'info',
})

export const port = Type.Integer({
  description: 'the TCP port to listen on; 0 takes any free one',
  examples: ['3000'],
  minimum: 0,
  maximum: 65_535,
  default: 3000,
})

export const host = Type.String({
  description: 'the address to listen on',
  examples: ['127.0.0.1', '0.0.0.0'],
  faultOf: hostFault,
  default: '127.0.0.1',
})

/** A name may mean an address, but text in the form of a wrong address never does. */
export function hostFault(text: string): string | undefined {
  if (isIP(text) > 0) return undefined
  if (/^[\d.]+$/.test(text) || !/^[\w-]+(?:\.[\w-]+)*\.?$/.test(text))
    return 'must be an address or the name of one, without a port'
  return undefined
}

/** The default is enough for clients without a proxy, which connect anew after their next answer. */
export const shutdownDelayMs = Type.Integer({
  description: 'how long a process that is told to stop still takes requests, in ms, so that a proxy can see it coming',
  examples: ['500', '15000'],
  minimum: 0,
  maximum: 300_000,
  default: 500,
})

/** A path stands for an address of the shop's own origin. */
export const signInUrl = Type.Optional(
  Type.String({
    description: "where the shop's buyers sign in: an address, or a path of the same origin",
    examples: ['https://accounts.example.com/sign-in', '/sign-in'],
    faultOf: signInUrlFault,
    // A wrong one may hold a password.
    writeOnly: true,
  }),
)

function signInUrlFault(text: string): string | undefined {
  const isPath = /^\/(?![/\\])/.test(text)
  if (!isPath && !/^https?:\/\//i.test(text)) return 'must begin with https://, http:// or /'
  if (!URL.canParse(text, 'http://shop') || /[\s#]/.test(text)) return 'must be one address, without # and spaces'
  const { username, password } = new URL(text, 'http://shop')
  return username || password ? 'must not hold a name or a password, since every page shows it' : undefined
}

/** Shorter secrets of HS256 can be guessed from one token, offline. */
export const jwtSecret = Type.String({
  description: "the secret that buyers' tokens are signed with, at least 32 characters",
  examples: ['$(openssl rand -hex 32)'],
  minLength: 32,
  writeOnly: true,
})

export const opsKey = Type.String({
  description: 'the key of the operators, at least 16 characters of ASCII',
  examples: ['$(openssl rand -hex 24)'],
  minLength: 16,
  // Clients encode other characters of a header in different ways.
  pattern: '^[ -~]*$',
  writeOnly: true,
})

export const acknowledgementLevel = Type.Enum(['everysec', 'fsync', 'replicated'], {
  type: 'string',
  description: 'what an accepted order has to survive at least',
  default: 'fsync',
})

export const redisReplicaCount = Type.Integer({
  description:
    'how many replicas of Redis may be promoted; at ACKNOWLEDGEMENT_LEVEL=replicated each of them has to have an order',
  examples: ['1', '2'],
  minimum: 1,
  maximum: 100,
  default: 1,
})

export const reserveStrategy = Type.Enum(['gate', 'lease'], {
  type: 'string',
  description: 'how a batch is kept apart from exclusive work on its item',
  default: 'gate',
})

/** A switch that is off unless it is set to `true`. */
export function offUnlessTrue(description: string) {
  return Type.Boolean({ description, examples: ['true', 'false'], default: false })
}

/** Off, since whoever may create endpoints could otherwise have the service call what only the service can reach. */
export const webhookAllowPrivate = offUnlessTrue('whether webhooks may go into private networks and over plain HTTP')
