import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { databaseUrl, host, jwtSecret, logLevel, offUnlessTrue, opsKey, port, redisUrl } from './env-fields.ts'
import { EnvError, readEnv } from './env.ts'

const schema = Type.Object({
  PORT: port,
  HOST: host,
  REDIS_URL: redisUrl,
  DATABASE_URL: databaseUrl,
  JWT_SECRET: jwtSecret,
  OPS_KEY: opsKey,
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
  ['REDIS_URL', 'http://:tooshort-redis@host'],
  ['DATABASE_URL', 'mysql://me:tooshort-db@host/db'],
])('a wrong %s is named without its value', (name, value) => {
  const complaint = complaintAbout({ ...good, [name]: value })
  expect(complaint).toMatch(new RegExp(`^${name} is not valid[:,] `))
  expect(complaint).not.toContain('tooshort')
})

test('a schema can be read twice', () => {
  readEnv(schema, good)
  expect(readEnv(schema, { ...good, PORT: '4000' }).PORT).toBe(4000)
})
