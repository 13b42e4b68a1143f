import { expect, test } from 'vitest'
import { parseRedisUrl } from './redis-address.ts'

test.each([
  ['redis://host', { host: 'host', port: 6379, family: 0, db: 0 }],
  [
    'rediss://user:p%23%2F%3F%40%3A%25@[::1]:6380/2',
    { host: '::1', port: 6380, family: 0, db: 2, username: 'user', password: 'p#/?@:%', tls: {} },
  ],
  ['redis://:secret@host/?db=3&family=6', { host: 'host', port: 6379, family: 6, db: 3, password: 'secret' }],
  ['unix:///run/redis.sock', { path: '/run/redis.sock', db: 0 }],
  ['unix://me:p%40@/run/a%20b.sock?db=1', { path: '/run/a b.sock', db: 1, username: 'me', password: 'p@' }],
])('%s leads there', (url, address) => {
  expect(parseRedisUrl(url)).toEqual(address)
})
