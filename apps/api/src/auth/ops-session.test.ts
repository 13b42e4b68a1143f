import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createOpsSessions, sessionMs } from './ops-session.ts'

const opsKey = 'an-operators-key-for-tests-only'
const beganAtMs = 1_800_000_000_000

/** Sessions by a clock that a test moves. */
function sessionsAt(clock: { nowMs: number }, key = opsKey) {
  return createOpsSessions(key, '/ops/queue', () => clock.nowMs)
}

const pairOf = (cookie: string) => cookie.split('; ')[0]!

test('the cookie is hidden from scripts, kept from other sites, and sent to its path only, for as long as it is good', () => {
  const { cookie, expiresAtMs } = sessionsAt({ nowMs: beganAtMs }).open(false)
  expect(cookie.split('; ').slice(1)).toEqual([
    'Path=/ops/queue',
    `Max-Age=${sessionMs / 1_000}`,
    'HttpOnly',
    'SameSite=Strict',
  ])
  expect(expiresAtMs).toBe(beganAtMs + sessionMs)
  expect(cookie).not.toContain(opsKey)
  expect(sessionsAt({ nowMs: beganAtMs }).open(true).cookie.split('; ')).toContain('Secure')
})

test('a session is good until it ends, on every process with the same key', () => {
  const clock = { nowMs: beganAtMs }
  const pair = pairOf(sessionsAt(clock).open(false).cookie)
  const other = sessionsAt(clock)
  expect(other.isOpen(pair)).toBe(true)
  expect(other.isOpen(`theme=dark; ${pair}; x=1`)).toBe(true)
  clock.nowMs += sessionMs - 1
  expect(other.isOpen(pair)).toBe(true)
  clock.nowMs += 1
  expect(other.isOpen(pair)).toBe(false)
})

test('a session of another key, one with a later end, and one signed with the key itself are not good', () => {
  const clock = { nowMs: beganAtMs }
  const sessions = sessionsAt(clock)
  const [name, value] = pairOf(sessions.open(false).cookie).split('=') as [string, string]
  const [expiresAt, signature] = value.split('.') as [string, string]
  expect(sessions.isOpen(pairOf(sessionsAt(clock, 'another-key-of-operators').open(false).cookie))).toBe(false)
  const later = String(Number(expiresAt) + 1)
  const bare = createHmac('sha256', opsKey).update(later).digest('base64url')
  for (const forged of [
    `${later}.${signature}`,
    `${later}.${bare}`,
    `${later}.`,
    later,
    `.${signature}`,
    'Infinity.x',
    '',
  ]) {
    expect(sessions.isOpen(`${name}=${forged}`), forged).toBe(false)
  }
  expect(sessions.isOpen(undefined)).toBe(false)
  expect(sessions.isOpen(`x${name}=${value}`)).toBe(false)
})

test('no header opens it by chance, or throws', () => {
  const sessions = sessionsAt({ nowMs: beganAtMs })
  fc.assert(fc.property(fc.string(), (text) => !sessions.isOpen(`flash_sale_ops=${text}`)))
})
