import { expect, test } from 'vitest'
import { givenTarget } from './target.ts'

const env = { OPS_KEY: 'key' }

test.each([
  'http://127.0.0.1:3000',
  'http://127.8.8.8',
  'http://localhost:3000',
  'http://[::1]:3000',
  'https://localhost',
])('%s is this machine', (baseUrl) => {
  expect(givenTarget(baseUrl, env, false)).toMatchObject({ baseUrl, opsKey: 'key', isGiven: true })
})

test.each([
  'http://10.0.0.1:3000',
  'https://shop.example',
  'http://127.0.0.1.example',
  'http://localhost.example',
  'http://[::2]',
])('%s is stormed only by whoever says that it is theirs', (baseUrl) => {
  expect(() => givenTarget(baseUrl, env, false)).toThrow(/^BASE_URL \S+ is not this machine: .*--yes-i-own-this-host$/)
  expect(givenTarget(baseUrl, env, true)).toMatchObject({ baseUrl })
})

test.each(['shop', 'ftp://127.0.0.1', '127.0.0.1:3000'])('%s is no address', (baseUrl) => {
  expect(() => givenTarget(baseUrl, env, true)).toThrow(/must be a URL like http:\/\/127\.0\.0\.1:3000$/)
})

test('without the key of the operators there is no sale to storm', () => {
  expect(() => givenTarget('http://127.0.0.1:3000', {}, false)).toThrow(/^OPS_KEY is not set: /)
})
