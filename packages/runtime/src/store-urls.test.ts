import { expect, test } from 'vitest'
import { databaseUrlOf, redisUrlOf } from './store-urls.ts'

test('a CA file becomes a part of the address', () => {
  expect(redisUrlOf({ REDIS_URL: 'rediss://host/1', REDIS_CA_FILE: '/a b.pem' })).toBe(
    'rediss://host/1?cafile=%2Fa%20b.pem',
  )
  expect(databaseUrlOf({ DATABASE_URL: 'postgresql://host/db?schema=s', DATABASE_CA_FILE: '/a.pem' })).toBe(
    'postgresql://host/db?schema=s&sslrootcert=%2Fa.pem',
  )
})

test('a CA file that an address makes useless is refused', () => {
  expect(() => redisUrlOf({ REDIS_URL: 'redis://host', REDIS_CA_FILE: '/a.pem' })).toThrow(/^REDIS_CA_FILE is set, but/)
  const withoutCheck = { DATABASE_URL: 'postgresql://host/db?sslmode=disable', DATABASE_CA_FILE: '/a.pem' }
  expect(() => databaseUrlOf(withoutCheck)).toThrow(/^DATABASE_CA_FILE is set, but/)
})
