import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, type Client } from '@flash-sale/contract/client'
import type { OrderView } from '@flash-sale/contract/orders'
import { openSale, type NewItem } from '@flash-sale/kit/open-sale'
import type { App } from '@flash-sale/local-stack/apps/start-app'
import { eventually } from '@flash-sale/testing/eventually'
import { startTestProcess } from '@flash-sale/testing/start-test-process'
import { startTestStores, type TestStores } from '@flash-sale/testing/start-test-stores'
import { buyerToken, testOpsKey } from '@flash-sale/testing/test-tokens'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const strategies = ['gate', 'lease'] as const
type Strategy = (typeof strategies)[number]

let stores: TestStores
let worker: App
/** Two processes of each strategy. */
let apis: Record<Strategy, readonly [App, App]>

beforeAll(async () => {
  stores = await startTestStores()
  const startApi = (strategy: Strategy) => startTestProcess('api', stores, { env: { RESERVE_STRATEGY: strategy } })
  const [gate, lease] = [
    [startApi('gate'), startApi('gate')],
    [startApi('lease'), startApi('lease')],
  ] as const
  worker = await startTestProcess('worker', stores)
  apis = { gate: await both(gate), lease: await both(lease) }
})
afterAll(async () => {
  await Promise.all(
    [worker, ...(apis ? strategies.flatMap((strategy) => apis[strategy]) : [])].map((app) => app?.stop()),
  )
  await stores?.stop()
})

async function both([first, second]: readonly [Promise<App>, Promise<App>]): Promise<readonly [App, App]> {
  return [await first, await second]
}

function as(buyer: string, { url }: App): Client {
  return createClient({ baseUrl: url, token: buyerToken(buyer), timeoutMs: 30_000 })
}

function operator({ url }: App): Client {
  return createClient({ baseUrl: url, opsKey: testOpsKey, timeoutMs: 30_000 })
}

/** The value of a call that must succeed. */
async function valueOf<T>(call: Promise<{ ok: true; value: T } | { ok: false; problem: object }>): Promise<T> {
  const outcome = await call
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problem))
  return outcome.value
}

const retryMs = 100

/** Orders as buyers do: again, with the same key, until the answer is definite. */
async function placeUntilDefinite(client: Client, itemId: number) {
  for (;;) {
    const outcome = await client.placeOrder({ itemId, quantity: 1 }, { idempotencyKey: 'once' })
    const isDefinite =
      outcome.ok || !['BUSY', 'OVERLOADED', 'OUTCOME_UNKNOWN', 'NO_ANSWER'].includes(outcome.problem.code)
    if (isDefinite) return outcome
    await sleep(retryMs)
  }
}

async function createItem(
  api: App,
  { purchaseLimit = 2, ...item }: Partial<NewItem> & { total: number },
): Promise<number> {
  const sale = await openSale(operator(api), { name: 'Drop', items: [{ ...item, purchaseLimit }] })
  return sale.item.itemId
}

describe.each(strategies)('with the %s', (strategy) => {
  test('1,000 buyers at once for 100 units, through two processes, get exactly 100', async () => {
    const [first, second] = apis[strategy]
    const itemId = await createItem(first, { total: 100, purchaseLimit: 1 })
    const buyers = Array.from({ length: 1_000 }, (_, i) => `buyer-${i}`)
    const outcomes = await Promise.all(
      buyers.map((buyer, i) => placeUntilDefinite(as(buyer, [first, second][i % 2]!), itemId)),
    )
    const accepted = outcomes.flatMap((outcome, i) => (outcome.ok ? [{ buyer: buyers[i]!, ...outcome.value }] : []))
    const codes = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.problem.code]))
    expect(accepted).toHaveLength(100)
    expect(codes).toEqual(Array.from({ length: 900 }, () => 'SOLD_OUT'))

    const audit = await eventually(
      async () => {
        const numbers = await valueOf(operator(second).auditItem(itemId))
        return numbers.outboxUnits === 0 && numbers
      },
      { what: 'the orders to be persisted' },
    )
    expect(audit).toMatchObject({ total: 100, available: 0, activeUnits: 100, rows: 100, balanced: true })
    const views = await Promise.all(
      accepted.map(({ buyer, orderId }, i) => valueOf(as(buyer, [second, first][i % 2]!).readOrder(orderId))),
    )
    expect(views.every(({ status }) => status === 'confirmed')).toBe(true)
    expect(new Set(views.map((order) => order.number)).size).toBe(100)
  })

  test('one key through two processes at the same instant is one order with one answer', async () => {
    const itemId = await createItem(apis[strategy][0], { total: 10, purchaseLimit: 5 })
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        as('ann', apis[strategy][i % 2]!).placeOrder({ itemId, quantity: 2 }, { idempotencyKey: 'k' }),
      ),
    )
    const bodies = answers.map((answer) => (answer.ok ? JSON.stringify(answer.value) : answer.problem.code))
    expect(new Set(bodies).size).toBe(1)
    expect(answers.filter((answer) => answer.ok && answer.replayed)).toHaveLength(19)
    expect(await valueOf(operator(apis[strategy][0]).auditItem(itemId))).toMatchObject({ available: 8, balanced: true })
  })
})

test('while the worker stands still an order is accepted in every process, and confirmed in every process once it goes on', async () => {
  const [first, second] = apis.gate
  const itemId = await createItem(first, { total: 10 })
  worker.kill('SIGSTOP')
  const { orderId } = await valueOf(as('ann', first).placeOrder({ itemId, quantity: 2 }))
  const readAll = () => Promise.all([first, second].map((api) => valueOf(as('ann', api).readOrder(orderId))))
  const accepted = await readAll()
  expect(accepted).toEqual([accepted[0], accepted[0]])
  expect(accepted[0]).toEqual({ orderId, itemId, quantity: 2, status: 'accepted', acceptedAt: accepted[0]!.acceptedAt })
  expect(await valueOf(operator(second).auditItem(itemId))).toMatchObject({
    available: 8,
    outboxUnits: 2,
    activeUnits: 0,
    balanced: true,
  })

  worker.kill('SIGCONT')
  const seen: OrderView[][] = []
  await eventually(
    async () => {
      seen.push(await readAll())
      return seen.at(-1)!.every(({ status }) => status === 'confirmed')
    },
    { what: 'the order to be confirmed', intervalMs: 1 },
  )
  seen.push(await readAll())
  for (const i of [0, 1]) {
    const statuses = seen.map((views) => views[i]!.status)
    expect(statuses).toEqual(statuses.toSorted())
  }
  const confirmed = seen.at(-1)![0]!
  const { number, confirmedAt } = confirmed
  expect(confirmed).toEqual({ ...accepted[0], status: 'confirmed', number, confirmedAt })
  expect(number).toBeGreaterThan(0)
  expect(Date.parse(confirmedAt!)).toBeGreaterThanOrEqual(Date.parse(accepted[0]!.acceptedAt))
})
