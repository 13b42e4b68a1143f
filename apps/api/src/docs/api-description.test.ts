import { problemCodes, problemContentType } from '@flash-sale/contract/problem'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { expect, test } from 'vitest'
import { startTestApi, withApi } from '../testing/start-test-api.fixture.ts'

/** The contract, to the letter: what is called, what it answers when it succeeds, and who may call. */
const contract = {
  'POST /v1/orders': [201, 202, 'buyer'],
  'POST /v1/orders/{orderId}/cancel': [200, 'buyer or ops'],
  'GET /v1/orders': [200, 'buyer'],
  'GET /v1/orders/{orderId}': [200, 'buyer or ops'],
  'GET /v1/orders/{orderId}/events': [200, 'buyer or ops'],
  'POST /v1/orders/{orderId}/payments': [200, 'buyer'],
  'POST /v1/webhooks/payments/{provider}': [200, 'anyone'],
  'GET /v1/sales': [200, 'anyone'],
  'GET /v1/sales/{saleId}': [200, 'anyone'],
  'GET /v1/sales/events': [200, 'anyone'],
  'GET /v1/sales/{saleId}/story': [200, 'anyone'],
  'GET /v1/time': [200, 'anyone'],
  'GET /v1/sign-in': [200, 'anyone'],
  'POST /v1/ops/sales': [201, 'ops'],
  'POST /v1/ops/sales/{saleId}/pause': [200, 'ops'],
  'POST /v1/ops/sales/{saleId}/resume': [200, 'ops'],
  'POST /v1/ops/sales/{saleId}/close': [200, 'ops'],
  'POST /v1/ops/items/{itemId}/restock': [200, 'ops'],
  'POST /v1/ops/items/{itemId}/total': [200, 'ops'],
  'POST /v1/ops/items/{itemId}/rebuild': [200, 'ops'],
  'GET /v1/ops/items/{itemId}/audit': [200, 'ops'],
  'GET /v1/ops/items/{itemId}/orders.csv': [200, 'ops'],
  'GET /v1/ops/orders': [200, 'ops'],
  'GET /v1/ops/payments': [200, 'ops'],
  'GET /v1/ops/refunds': [200, 'ops'],
  'POST /v1/ops/orders/{orderId}/refund': [200, 'ops'],
  'GET /v1/ops/search': [200, 'ops'],
  'GET /v1/ops/sales/{saleId}/drop': [200, 'ops'],
  'GET /v1/ops/stream': [200, 'ops'],
  'GET /v1/ops/audit-events': [200, 'ops'],
  'GET /v1/ops/jobs/failed': [200, 'ops'],
  'POST /v1/ops/jobs/{jobId}/retry': [200, 'ops'],
  'POST /v1/ops/jobs/{jobId}/discard': [200, 'ops'],
  'GET /v1/ops/quarantine': [200, 'ops'],
  'GET /v1/ops/aside': [200, 'ops'],
  'GET /v1/ops/aside/{itemId}/{name}/orders.csv': [200, 'ops'],
  'POST /v1/ops/quarantine/{quarantineId}/replay': [200, 'ops'],
  'POST /v1/ops/quarantine/{quarantineId}/discard': [200, 'ops'],
  'GET /v1/ops/order-events': [200, 'ops'],
  'POST /v1/ops/webhook-endpoints': [201, 'ops'],
  'GET /v1/ops/webhook-endpoints': [200, 'ops'],
  'GET /v1/ops/webhook-endpoints/{endpointId}': [200, 'ops'],
  'GET /v1/ops/webhook-endpoints/{endpointId}/secret': [200, 'ops'],
  'POST /v1/ops/webhook-endpoints/{endpointId}/change': [200, 'ops'],
  'POST /v1/ops/webhook-endpoints/{endpointId}/pause': [200, 'ops'],
  'POST /v1/ops/webhook-endpoints/{endpointId}/resume': [200, 'ops'],
  'POST /v1/ops/webhook-endpoints/{endpointId}/rotate-secret': [200, 'ops'],
  'POST /v1/ops/webhook-endpoints/{endpointId}/test': [200, 'ops'],
  'POST /v1/ops/webhook-endpoints/{endpointId}/delete': [200, 'ops'],
  'GET /v1/ops/dead-letters': [200, 'ops'],
  'POST /v1/ops/dead-letters/{deadLetterId}/replay': [200, 'ops'],
  'POST /v1/ops/dead-letters/{deadLetterId}/discard': [200, 'ops'],
  'GET /v1/ops/unknown-money': [200, 'ops'],
  'POST /v1/ops/unknown-money/{unknownMoneyId}/resolve': [200, 'ops'],
  'POST /v1/ops/session': [200, 'ops'],
  'POST /v1/dev/tokens': [200, 'anyone'],
  'GET /health/live': [200, 'anyone'],
  'GET /health/ready': [200, 'anyone'],
}

interface Operation {
  readonly summary?: string
  readonly security: readonly Record<string, unknown>[]
  readonly responses: Record<string, { description: string; content: Record<string, { schema: object }> }>
}

interface ApiDescription {
  readonly openapi: string
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly schemas: Record<string, { properties: Record<string, unknown> }> }
}

const stores = withTestStores()
const api = withApi({ stores, devTokens: true })

async function readDescription(from = api): Promise<ApiDescription> {
  const answer = await from.get('/docs/json')
  expect(answer.statusCode).toBe(200)
  return answer.json<ApiDescription>()
}

function operationsOf({ paths }: ApiDescription): [call: string, operation: Operation][] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  )
}

test('the API description lists the calls of the contract, what each answers and who may call it, and no other', async () => {
  const described = operationsOf(await readDescription()).map(([call, { security, responses }]) => {
    const who = security.map((scheme) => Object.keys(scheme).join(' and ')).join(' or ') || 'anyone'
    const successes = Object.keys(responses).filter((status) => status < '300')
    return [call, [...successes.map(Number), who]]
  })
  expect(Object.fromEntries(described)).toEqual(contract)
})

/** What a success looks like, by its content type. */
const successes: Record<string, unknown> = {
  'application/json': ['application/json', { type: 'object' }],
  'text/csv': ['text/csv', { type: 'string' }],
  'text/event-stream': ['text/event-stream', { type: 'string' }],
}

test('every answer in the API description says what it means and what it looks like', async () => {
  const description = await readDescription()
  for (const [call, { summary, responses }] of operationsOf(description)) {
    expect(summary, call).toBeTruthy()
    for (const [status, { description: meaning, content }] of Object.entries(responses)) {
      if (status === '304') continue // It has no body.
      expect(meaning, `${call} ${status}`).not.toBe('Default Response')
      const [[contentType, { schema }]] = Object.entries(content) as [[string, { schema: object }]]
      if (status < '400') expect([contentType, schema], call).toMatchObject(successes[contentType] ?? 'a known type')
      else expect([contentType, schema], call).toEqual([problemContentType, { $ref: '#/components/schemas/Problem' }])
    }
  }
  expect(description.openapi).toMatch(/^3\./)
  expect(description.components.schemas['Problem']?.properties).toMatchObject({ code: { enum: problemCodes } })
})

test('who makes tokens elsewhere finds no call for it', async () => {
  const production = await startTestApi(stores)
  expect(operationsOf(await readDescription(production)).map(([call]) => call)).not.toContain('POST /v1/dev/tokens')
  await production.close()
})

test('the page at /docs is shown, and tells browsers to load nothing from elsewhere', async () => {
  const page = await api.get('/docs')
  expect(page.statusCode).toBe(200)
  expect(page.headers['content-type']).toMatch('text/html')
  expect(page.headers['content-security-policy']).toMatch("script-src 'self'")
  expect(page.headers['x-content-type-options']).toBe('nosniff')
  for (const [, asset] of page.body.matchAll(/(?:src|href)="([^"]+)"/g)) {
    expect((await api.get(asset!)).statusCode, asset).toBe(200)
  }
  // Over plain HTTP either would send the browser to an HTTPS that is not there.
  expect(page.headers['content-security-policy']).not.toMatch('upgrade-insecure-requests')
  expect(page.headers).not.toHaveProperty('strict-transport-security')
})
