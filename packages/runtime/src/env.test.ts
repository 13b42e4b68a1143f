import { Type } from 'typebox'
import { expect, test } from 'vitest'
import {
  databaseCaFile,
  databaseUrl,
  host,
  jwtSecret,
  logLevel,
  offUnlessTrue,
  opsKey,
  port,
  redisCaFile,
  redisUrl,
  signInUrl,
} from './env-fields.ts'
import { EnvError, readEnv } from './env.ts'

const schema = Type.Object({
  PORT: port,
  HOST: host,
  REDIS_URL: redisUrl,
  REDIS_CA_FILE: redisCaFile,
  DATABASE_CA_FILE: databaseCaFile,
  DATABASE_URL: databaseUrl,
  JWT_SECRET: jwtSecret,
  OPS_KEY: opsKey,
  SIGN_IN_URL: signInUrl,
  LOG_LEVEL: logLevel,
  DEV_TOKENS: offUnlessTrue('whether anybody may make tokens'),
})

const good = {
  REDIS_URL: 'redis://127.0.0.1:6379',
  DATABASE_URL: 'postgresql://me:secret@127.0.0.1/db',
  JWT_SECRET: 'j'.repeat(32),
  OPS_KEY: 'o'.repeat(16),
}

function complaintAbout(source: Record<string, string | undefined>): string {
  try {
    readEnv(schema, source)
  } catch (error) {
    if (error instanceof EnvError) return error.message
    throw error
  }
  throw new Error('nothing was wrong')
}

test('what is not set has its default, and what nobody asked for is left out', () => {
  expect(readEnv(schema, { ...good, UNRELATED: 'x' })).toEqual({
    ...good,
    PORT: 3000,
    HOST: '127.0.0.1',
    LOG_LEVEL: 'info',
    DEV_TOKENS: false,
  })
})

test('numbers and booleans are read as such', () => {
  expect(readEnv(schema, { ...good, PORT: ' 0 ', DEV_TOKENS: 'true' })).toMatchObject({ PORT: 0, DEV_TOKENS: true })
})

test('every wrong or missing variable has one line with its name, the fault, its purpose and an example', () => {
  const { REDIS_URL: _, ...rest } = good
  const lines = complaintAbout({ ...rest, PORT: 'abc', LOG_LEVEL: 'loud', DEV_TOKENS: 'yes' }).split('\n')
  expect(lines.toSorted()).toEqual([
    'DEV_TOKENS is "yes", but must be boolean: it is whether anybody may make tokens, for example DEV_TOKENS=true',
    'LOG_LEVEL is "loud", but must be one of fatal, error, warn, info, debug, trace, silent: it is how much to log',
    'PORT is "abc", but must be integer: it is the TCP port to listen on; 0 takes any free one, for example PORT=3000',
    'REDIS_URL is missing: it is the address of Redis 7.0 or later, for example REDIS_URL=redis://127.0.0.1:6379',
  ])
})

test.each(['', '  ', undefined])('a variable that is %j counts as missing', (value) => {
  expect(complaintAbout({ ...good, OPS_KEY: value })).toMatch(/^OPS_KEY is missing: /)
})

test.each(['0x50', '1e3', '80.5', '-1', '65536', 'true'])('a port may not be %s', (value) => {
  expect(complaintAbout({ ...good, PORT: value })).toMatch(/^PORT is "/)
})

test.each([
  ['JWT_SECRET', 'tooshort-jwt'],
  ['OPS_KEY', 'tooshort-ops'],
  ['OPS_KEY', 'schlüssel-der-leitung'],
  ['REDIS_URL', 'http://:tooshort-redis@host'],
  ['DATABASE_URL', 'mysql://me:tooshort-db@host/db'],
])('a wrong %s is named without its value', (name, value) => {
  const complaint = complaintAbout({ ...good, [name]: value })
  expect(complaint).toMatch(new RegExp(`^${name} is not valid[:,] `))
  expect(complaint).not.toContain('tooshort')
})

const encodingHint = 'of the password is written as %23'

test.each([
  ['REDIS_URL', 'redis://:hush#hush@host:6379', encodingHint],
  ['REDIS_URL', 'redis://:hush/hush@host:6379', encodingHint],
  ['REDIS_URL', 'redis://:hush?hush@host:6379', encodingHint],
  ['REDIS_URL', 'redis://user:12/hush@host', encodingHint],
  ['REDIS_URL', 'redis://user:12?hush@host', encodingHint],
  ['REDIS_URL', 'redis://:hush%zz@host', encodingHint],
  ['REDIS_URL', 'redis://:hush@host:99999', 'a port is at most 65535'],
  ['REDIS_URL', 'redis://:hush@host:0', 'a port from 1 to 65535'],
  ['REDIS_URL', 'redis://:hush@host/abc', 'must end with the number of a database'],
  ['REDIS_URL', 'redis://:hush@host/1/2', 'must end with the number of a database'],
  ['REDIS_URL', 'redis://:hush@host/-1', 'must end with the number of a database'],
  ['REDIS_URL', 'redis://host?password=hush', 'a setting after ? that is not known'],
  ['REDIS_URL', 'redis:///hush.sock', 'a socket is written unix:///run/redis.sock'],
  ['REDIS_URL', 'unix://hush.sock', 'of a socket is written unix:///run/redis.sock'],
  ['REDIS_URL', 'unix:///run/hush.sock?db=one', 'the number of a database'],
  ['REDIS_URL', 'localhost:6379', 'must begin with redis://'],
  ['REDIS_URL', 'rediss://host?cafile=/nowhere/hush.pem', 'must give cafile a file, but that cannot be read (ENOENT)'],
  ['REDIS_CA_FILE', '/nowhere/ca.pem', 'cannot be read (ENOENT)'],
  ['REDIS_CA_FILE', '/tmp', 'cannot be read (EISDIR)'],
  ['DATABASE_CA_FILE', 'package.json', 'holds no certificate'],
  ['DATABASE_URL', 'postgresql://me:hush#hush@host/db', encodingHint],
  ['DATABASE_URL', 'postgresql://me:hush/hush@host/db', encodingHint],
  ['DATABASE_URL', 'postgresql://me:12/hush@host/db', encodingHint],
  ['DATABASE_URL', 'postgresql://me:hush?hush@host/db', encodingHint],
  ['DATABASE_URL', 'postgresql://me:hush%@host/db', encodingHint],
  ['DATABASE_URL', 'postgresql://me:hush@host', 'must name a database'],
  ['DATABASE_URL', 'postgresql://me:hush@host/', 'must name a database'],
  ['DATABASE_URL', 'postgresql://me:hush@host:99999/db', 'a port is at most 65535'],
  ['DATABASE_URL', 'postgresql://me:hush@host:0/db', 'a port from 1 to 65535'],
  ['DATABASE_URL', 'postgresql://me:hush@/db?host=/run&port=hush', 'a port from 1 to 65535'],
  ['DATABASE_URL', 'postgresql://me:hush@one,two/db', 'must name one host'],
  ['DATABASE_URL', 'postgresql://me:hush@host/db?schema=', 'must give ?schema= a name'],
  ['DATABASE_URL', 'postgresql://me:hush@host/db?schema=a%22b', 'without a quote'],
  ['DATABASE_URL', 'postgresql://me:hush@host/db?sslmode=prefer', 'must give sslmode one of'],
  ['DATABASE_URL', 'postgresql://me:hush@host/db?sslrootcert=/nowhere/hush', 'cannot be read (ENOENT)'],
  ['DATABASE_URL', 'postgresql://me:hush@host/db?schem=hush', 'a setting after ? that is not known'],
  ['HOST', '999.1.1.1', 'must be an address or the name of one'],
  ['HOST', '127.0.0.1:3000', 'must be an address or the name of one'],
  ['HOST', 'http://localhost', 'must be an address or the name of one'],
  ['HOST', '1234', 'must be an address or the name of one'],
])('%s=%s is refused in one line that says what is wrong, without the secret', (name, value, fault) => {
  const complaint = complaintAbout({ ...good, [name]: value })
  expect(complaint).toMatch(new RegExp(`^${name} is [^\\n]+$`))
  expect(complaint).toContain(fault)
  expect(complaint).not.toContain('hush')
})

test.each([
  ['REDIS_URL', 'rediss://user:p%23%2F%3F%40%3A%25@[::1]:6380/2'],
  ['REDIS_URL', 'redis://host/?db=3'],
  ['REDIS_URL', 'unix://user:p%23@/run/redis.sock?db=1'],
  ['REDIS_URL', 'unix:///run/redis.sock'],
  ['DATABASE_URL', 'postgres://me:p%23%2F%3F%40%3A%25@[::1]:5432/db?schema=Shop&sslmode=verify-full'],
  ['DATABASE_URL', 'postgresql:///db?host=/run/postgresql'],
  ['DATABASE_URL', 'postgresql://me:pw@host/db?sslmode=require&channel_binding=require&pgbouncer=true'],
  ['DATABASE_URL', 'postgresql://me:pw@/db?host=/run/postgresql&port=5433'],
  ['DATABASE_URL', 'postgresql://me:pw@%2Frun%2Fpostgresql/db'],
  ['HOST', '::'],
  ['HOST', 'my-host.example.'],
])('%s=%s is taken', (name, value) => {
  expect(readEnv(schema, { ...good, [name]: value })).toMatchObject({ [name]: value })
})

test('a schema can be read twice', () => {
  readEnv(schema, good)
  expect(readEnv(schema, { ...good, PORT: '4000' }).PORT).toBe(4000)
})

test.each(['https://accounts.example/in?shop=1', 'http://127.0.0.1:4000', '/sign-in'])(
  'buyers can be sent to sign in at %s',
  (url) => {
    expect(readEnv(schema, { ...good, SIGN_IN_URL: url })).toMatchObject({ SIGN_IN_URL: url })
  },
)

test.each([
  ['accounts.example', 'must begin with https://, http:// or /'],
  ['//accounts.example', 'must begin with https://, http:// or /'],
  ['javascript:alert(1)', 'must begin with https://, http:// or /'],
  ['https://accounts.example/#in', 'must be one address, without # and spaces'],
  ['https://me:secret@accounts.example', 'must not hold a name or a password'],
])('nobody is sent to sign in at %s', (url, fault) => {
  expect(complaintAbout({ ...good, SIGN_IN_URL: url })).toContain(fault)
})
