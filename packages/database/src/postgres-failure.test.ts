import { expect, test } from 'vitest'
import { isAway } from './postgres-failure.ts'

function failure(code: string, message = 'it failed'): Error {
  return Object.assign(new Error(message), { code })
}

test.each([
  ['nothing listens', failure('ECONNREFUSED')],
  ['every address of the name refuses', new AggregateError([failure('ECONNREFUSED'), failure('ENETUNREACH')])],
  ['the name is not known yet', failure('ENOTFOUND')],
  ['the socket is not there yet', failure('ENOENT')],
  ['it is starting', failure('57P03')],
  ['it was stopped', failure('57P01')],
  ['all its connections are taken', failure('53300')],
  ['it does not answer', new Error('timeout expired')],
  ['it hangs up', new Error('Connection terminated unexpectedly')],
])('Postgres is away: %s', (_what, error) => {
  expect(isAway(error)).toBe(true)
})

test.each([
  ['the password', failure('28P01')],
  ['the user', failure('28000')],
  ['the database', failure('3D000')],
  ['a right', failure('42501')],
  ['the certificate', failure('SELF_SIGNED_CERT_IN_CHAIN')],
  ['a fault of ours', new TypeError('x is not a function')],
])('Postgres is not away, and waiting would not help: %s', (_what, error) => {
  expect(isAway(error)).toBe(false)
})
