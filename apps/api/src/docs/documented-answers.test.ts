import { startTestStores, type TestStores } from '@flash-sale/testing/start-test-stores'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Answer } from '../testing/expect-answer.fixture.ts'
import { follow, recipes } from './answer-recipes.fixture.ts'
import { startWorld, type World } from './answer-world.fixture.ts'

interface Documented {
  readonly headers?: Readonly<Record<string, unknown>>
  readonly content?: Readonly<Record<string, unknown>>
}

interface Operation {
  readonly security: readonly Record<string, unknown>[]
  readonly responses: Readonly<Record<string, Documented>>
}

let stores: TestStores
let world: World
let operations: [call: string, operation: Operation][]

beforeAll(async () => {
  stores = await startTestStores()
  world = await startWorld(stores)
  const { paths } = (await world.api.get('/docs/json')).json<{ paths: Record<string, Record<string, Operation>> }>()
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  )
}, 120_000)
afterAll(async () => {
  await world?.close()
  await stores?.stop()
})

test('every call gives every answer that is documented, and no other', async () => {
  const pairs = operations.flatMap(([call, operation]) =>
    Object.keys(operation.responses).map((status) => ({ call, operation, status })),
  )
  expect(pairs.length).toBeGreaterThan(100)
  const judge = async ({ call, operation, status }: (typeof pairs)[number]) => {
    const who = operation.security.flatMap((scheme) => Object.keys(scheme))
    const answer = await follow(world, call, Number(status), who)
    if (!answer) return `${call} ${status} is documented, and answer-recipes.fixture.ts has no recipe for it`
    return faultOf(answer, status, operation, call)
  }
  // A call whose stores are away may take seconds to say so; the others work on the same sale, one after the other.
  const waiting = pairs.filter(({ status }) => status === '503').map(judge)
  const faults: (string | undefined)[] = []
  for (const pair of pairs.filter(({ status }) => status !== '503')) faults.push(await judge(pair))
  expect([...faults, ...(await Promise.all(waiting))].filter(Boolean)).toEqual([])
}, 120_000)

test('no recipe is left over from what is not documented any more', () => {
  const documented = Object.fromEntries(operations)
  const left = Object.entries(recipes).flatMap(([call, statuses]) =>
    Object.keys(statuses)
      .filter((status) => !documented[call]?.responses[status])
      .map((status) => `${call} ${status}`),
  )
  expect(left).toEqual([])
})

/** Headers of the connection and of the body itself. */
const transport = new Set([
  'connection',
  'keep-alive',
  'date',
  'content-length',
  'transfer-encoding',
  'content-type',
  'x-accel-buffering',
])

function faultOf(answer: Answer, status: string, { responses }: Operation, call: string): string | undefined {
  const got = `${call} ${status}: got ${answer.statusCode} ${answer.body.slice(0, 200)}`
  if (String(answer.statusCode) !== status)
    return responses[answer.statusCode] ? got : `${got}, which is not documented`
  const { headers = {}, content = {} } = responses[status]!
  const contentType = String(answer.headers['content-type']).split(';')[0]!
  const isWithoutBody = answer.body === '' && Object.keys(content).length === 0
  if (!isWithoutBody && !Object.hasOwn(content, contentType)) return `${got} as ${contentType}, which is not documented`
  const undocumented = Object.keys(answer.headers).filter(
    (name) => !transport.has(name) && !Object.hasOwn(headers, name),
  )
  if (undocumented.length > 0) return `${got} with ${undocumented.join(', ')}, which is not documented`
  const missing = Object.keys(headers).filter(
    (name) => name !== 'idempotent-replayed' && answer.headers[name] === undefined,
  )
  return missing.length > 0 ? `${got} without ${missing.join(', ')}` : undefined
}
