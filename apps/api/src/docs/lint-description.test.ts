import { createConfig, lintFromString } from '@redocly/openapi-core'
import { expect, test } from 'vitest'
import { withApi } from '../testing/start-test-api.fixture.ts'

const api = withApi({ devTokens: true })

/** What the linter finds, as "rule at place: message"; its strictest set of rules, and those that this API can keep beyond it. */
async function faultsOf(source: string): Promise<string[]> {
  const config = await createConfig({
    extends: ['recommended-strict'],
    rules: {
      'operation-tag-defined': 'error',
      'operation-4xx-problem-details-rfc7807': 'error',
      'operation-parameters-unique': 'error',
      'component-name-unique': 'error',
      'response-contains-header': {
        severity: 'error',
        names: { '401': ['www-authenticate'], '503': ['retry-after'], '201': ['location'], '202': ['location'] },
      },
    },
  })
  const problems = await lintFromString({ source, config })
  return problems.map(({ ruleId, message, location }) => `${ruleId} at ${location[0]?.pointer}: ${message}`)
}

test('a strict linter finds nothing in the API description', async () => {
  expect(await faultsOf((await api.get('/docs/json')).body)).toEqual([])
})

test('the linter finds what is left out', async () => {
  const description = (await api.get('/docs/json')).json<{
    servers?: unknown
    paths: Record<
      string,
      Record<string, { security?: unknown; operationId?: string; responses: Record<string, { headers?: unknown }> }>
    >
  }>()
  const { get } = description.paths['/v1/sales']!
  delete description.servers
  delete get!.security
  delete get!.operationId
  delete get!.responses['503']!.headers
  const faults = (await faultsOf(JSON.stringify(description))).map((fault) => fault.split(' ')[0])
  expect(faults.toSorted()).toEqual([
    'no-empty-servers',
    'operation-operationId',
    'response-contains-header',
    'security-defined',
  ])
})
