import { randomUUID } from 'node:crypto'
import { UnknownMoneyList, type UnknownMoney } from '@flash-sale/contract/payments'
import { applyPayment } from '@flash-sale/database/payments'
import { countTroubles } from '@flash-sale/database/troubles'
import { buyerToken, testOpsKey } from '@flash-sale/testing/test-tokens'
import { expect, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { withApi } from '../testing/start-test-api.fixture.ts'

const api = withApi()

/** Money of a payment that is none of ours. Returns the id of the payment and of the event. */
async function comesMoney(told: { kind?: 'failed'; amount?: number } = {}) {
  const names = { paymentId: randomUUID(), eventId: randomUUID() }
  const defaults = { provider: 'simulated', kind: 'succeeded', providerRef: 'r', amount: 500, currency: 'EUR' } as const
  expect(await applyPayment(api.stores.database, { ...defaults, ...names, ...told })).toMatch(/unknown/)
  return names
}

async function list(query = ''): Promise<UnknownMoneyList> {
  return expectSuccess(await api.get(`/v1/ops/unknown-money${query}`, testOpsKey), 200, UnknownMoneyList)
}

function resolve(id: number | string, reason?: string, key?: string) {
  return api.operate(`/v1/ops/unknown-money/${id}/resolve`, undefined, key, reason)
}

async function newest(): Promise<UnknownMoney> {
  const { unknownMoney } = await list('?limit=1')
  return unknownMoney[0]!
}

test('unknown money is listed and counted until an operator says what became of it, once, in the audit trail', async () => {
  const { database } = api.stores
  const first = await comesMoney()
  const second = await comesMoney({ amount: 700 })
  await comesMoney({ kind: 'failed' })
  const page = await list('?limit=1')
  expect(page.unknownMoney).toMatchObject([{ ...second, amount: 700, currency: 'EUR', provider: 'simulated' }])
  expect((await list(`?cursor=${page.nextCursor}`)).unknownMoney).toMatchObject([first])
  const { unknownMoney: before } = await countTroubles(database)

  const { unknownMoneyId } = page.unknownMoney[0]!
  const answer = await resolve(unknownMoneyId, 'given back at the provider', 'k')
  expect(answer.json()).toEqual({ unknownMoneyId })
  expect((await resolve(unknownMoneyId, 'given back at the provider', 'k')).headers['idempotent-replayed']).toBe('true')
  expectProblem(await resolve(unknownMoneyId, 'again', 'other key'), 'UNKNOWN_MONEY_NOT_FOUND')
  expect((await list()).unknownMoney).toMatchObject([first])
  expect((await countTroubles(database)).unknownMoney).toBe(before - 1)
  const events = await database.auditEvent.findMany({ where: { action: 'resolve-unknown-money' } })
  const detail = { eventId: second.eventId, amount: 700, currency: 'EUR', reason: 'given back at the provider' }
  expect(events).toMatchObject([{ actor: 'ops', detail }])
})

test('many operators who say so at once say it once', async () => {
  await comesMoney()
  const { unknownMoneyId, eventId } = await newest()
  const answers = await Promise.all(
    Array.from({ length: 5 }, (_, n) => resolve(unknownMoneyId, 'given back', `at once ${n}`)),
  )
  expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1)
  expect(answers.filter(({ statusCode }) => statusCode === 404)).toHaveLength(4)
  const events = await api.stores.database.auditEvent.findMany({ where: { action: 'resolve-unknown-money' } })
  expect(events.filter(({ detail }) => (detail as { eventId: string }).eventId === eventId)).toHaveLength(1)
})

test('without a reason, for a wrong id, or by somebody else, nothing is said', async () => {
  await comesMoney()
  const { unknownMoneyId } = await newest()
  for (const reason of [undefined, '', ' ', '\u0000', 'x'.repeat(201)]) {
    expect(expectProblem(await resolve(unknownMoneyId, reason), 'INVALID_REQUEST').detail).toContain('act-reason')
  }
  for (const id of ['0', '-1', 'x', '99999999999']) expectProblem(await resolve(id, 'why'), 'INVALID_REQUEST')
  expectProblem(await resolve(2_147_483_647, 'why'), 'UNKNOWN_MONEY_NOT_FOUND')
  expectProblem(
    await api.operate(`/v1/ops/unknown-money/${unknownMoneyId}/resolve`, { a: 1 }, undefined, 'why'),
    'INVALID_REQUEST',
  )
  const url = `/v1/ops/unknown-money/${unknownMoneyId}/resolve`
  const headers = { authorization: `Bearer ${buyerToken('ann')}`, 'act-reason': 'why' }
  expectProblem(await api.app.inject({ method: 'POST', url, headers }), 'FORBIDDEN')
  expect((await newest()).unknownMoneyId).toBe(unknownMoneyId)
})
