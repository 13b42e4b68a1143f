import { auditActions, AuditTrail, type AuditAction } from '@flash-sale/contract/audit-trail'
import { recordAuditEvent } from '@flash-sale/database/audit-events'
import { buyerToken, testOpsKey } from '@flash-sale/testing/test-tokens'
import { expect, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { withApi } from '../testing/start-test-api.fixture.ts'

const api = withApi()

const ask = (query: string, key = testOpsKey) => api.get(`/v1/ops/audit-events${query}`, key)
const trail = async (query: string) => expectSuccess(await ask(query), 200, AuditTrail)

test('whatever an operator does to a sale or its items is in its trail, newest first', async () => {
  const { itemId, saleId } = await api.createItem()
  const beganAtMs = Date.now()
  for (const path of [`sales/${saleId}/pause`, `sales/${saleId}/resume`, `items/${itemId}/rebuild`]) {
    expect((await api.operate(`/v1/ops/${path}`)).statusCode, path).toBe(200)
  }
  expect((await api.operate(`/v1/ops/items/${itemId}/restock`, { units: 3 }, 'more')).statusCode).toBe(200)
  expect((await api.get(`/v1/ops/items/${itemId}/orders.csv`, testOpsKey)).statusCode).toBe(200)
  expect((await api.operate(`/v1/ops/sales/${saleId}/close`)).statusCode).toBe(200)

  const { events } = await trail(`?saleId=${saleId}`)
  expect(events.map(({ actor, action }) => `${actor} ${action}`)).toEqual(
    ['close', 'export', 'restock', 'rebuild', 'resume', 'pause', 'create'].map((action) => `ops ${action}`),
  )
  expect(events[2]).toMatchObject({ itemId, detail: { units: 3, key: 'more' } })
  expect(events.at(-1)).toMatchObject({ saleId, detail: { items: 1, units: 10 } })
  for (const { at } of events) expect(Math.abs(Date.parse(at) - beganAtMs)).toBeLessThan(10_000)
  const ofItem = await trail(`?itemId=${itemId}`)
  expect(ofItem.events.map(({ action }) => action)).toEqual(['export', 'restock', 'rebuild'])
})

test('what is not done is not in it, and looking leaves no trace', async () => {
  const { itemId, saleId } = await api.createItem()
  await api.operate(`/v1/ops/items/${itemId}/restock`, { units: 0 })
  await api.operate(`/v1/ops/sales/${saleId}/pause`, { unasked: true })
  await api.audit(itemId)
  expect((await trail(`?saleId=${saleId}`)).events.map(({ action }) => action)).toEqual(['create'])
})

test('pages follow one another without a gap, also when events come meanwhile', async () => {
  const { itemId } = await api.createItem()
  const [last, ...before] = auditActions.slice(0, 6)
  const record = (action: AuditAction) => recordAuditEvent(api.stores.database, { actor: 'worker', action, itemId })
  for (const action of before) await record(action)
  const first = await trail(`?itemId=${itemId}&limit=2`)
  await record(last!)
  const second = await trail(`?itemId=${itemId}&limit=2&cursor=${first.nextCursor}`)
  const third = await trail(`?itemId=${itemId}&limit=2&cursor=${second.nextCursor}`)
  const shown = [first, second, third].flatMap(({ events }) => events.map(({ action }) => action))
  expect(shown).toEqual(before.toReversed())
  expect(third).not.toHaveProperty('nextCursor')
})

test.each(['?saleId=0', '?itemId=x', '?limit=0', '?cursor=b3JkZXJzOjE', '?actor=ops'])(
  '%s is refused',
  async (query) => {
    expectProblem(await ask(query), 'INVALID_REQUEST')
  },
)

test('only operators read it', async () => {
  expectProblem(await api.get('/v1/ops/audit-events'), 'UNAUTHORIZED')
  expectProblem(await ask('', buyerToken('ann')), 'FORBIDDEN')
})

test('who acted and why is in the trail of every act, in any language, also after a job was retried', async () => {
  const { itemId, saleId } = await api.createItem()
  const headers = {
    authorization: `Bearer ${testOpsKey}`,
    'operator-name': encodeURIComponent('王小明'),
    'act-reason': encodeURIComponent('price was wrong – sorry'),
  }
  const act = (url: string, payload?: object) =>
    api.app.inject({ method: 'POST', url, headers, ...(payload && { payload }) })
  expect((await act(`/v1/ops/sales/${saleId}/pause`)).statusCode).toBe(200)
  expect((await act(`/v1/ops/items/${itemId}/restock`, { units: 1 })).statusCode).toBe(200)
  expect((await act(`/v1/ops/items/${itemId}/rebuild`)).statusCode).toBe(200)
  const csv = { method: 'GET', url: `/v1/ops/items/${itemId}/orders.csv`, headers } as const
  expect((await api.app.inject(csv)).statusCode).toBe(200)
  const { events } = await trail(`?saleId=${saleId}`)
  const said = { operator: '王小明', reason: 'price was wrong – sorry' }
  expect(events.slice(0, 4).map(({ detail }) => detail)).toMatchObject([said, said, said, said])
})

test('a name or a reason that people cannot read is refused, and nothing is done', async () => {
  const { saleId } = await api.createItem()
  for (const name of ['%00', '%E0%A4', '%20', 'x'.repeat(65), '%E2%80%AE']) {
    const headers = { authorization: `Bearer ${testOpsKey}`, 'operator-name': name }
    const answer = await api.app.inject({ method: 'POST', url: `/v1/ops/sales/${saleId}/pause`, headers })
    expect(expectProblem(answer, 'INVALID_REQUEST').detail, name).toContain('operator-name')
  }
  expect((await trail(`?saleId=${saleId}`)).events.map(({ action }) => action)).toEqual(['create'])
})
