import type { Outcome } from '@flash-sale/contract/client'
import type { OrderAccepted, OrderView } from '@flash-sale/contract/orders'
import { problemOf, type ProblemCode, type ProblemExtras } from '@flash-sale/contract/problem'
import { expect, test, vi } from 'vitest'
import { createAttemptStore, type Attempt } from './attempt-store.ts'
import { keepInMemory } from '../../browser/kept-text.ts'
import { createPurchase, resumedWithinMs, type PurchaseState } from './purchase.ts'
import { sendingCountMax } from './retry-schedule.ts'

const itemId = 7
const orderId = '00000007-0000-8000-8000-000000000000'
const accepted: Outcome<OrderAccepted> = {
  ok: true,
  status: 202,
  value: { orderId, itemId, quantity: 1, status: 'accepted' },
}
const noAnswer = { ok: false, problem: { code: 'NO_ANSWER', title: 'none', detail: 'fetch failed' } } as const

function no(code: ProblemCode, extras?: ProblemExtras): { ok: false; problem: ReturnType<typeof problemOf> } {
  return { ok: false, problem: problemOf(code, extras) }
}

/** A service that gives these answers in turn, the last one for ever, and a page that waits for nothing. */
function givenAnswers(...answers: (Outcome<OrderAccepted> | 'never')[]) {
  const kept = keepInMemory()
  const sent: Attempt[] = []
  const waitsMs: number[] = []
  const bought: string[] = []
  const attempts = createAttemptStore({ kept, buyer: 'ann' })
  const found = { order: no('ORDER_NOT_FOUND') as Outcome<OrderView>, asked: 0 }
  const openPage = (options: { nowMs?: () => number } = {}) => {
    const states: PurchaseState['kind'][] = []
    const purchase = createPurchase({
      itemId,
      attempts,
      async placeOrder(attempt) {
        expect(attempts.find(itemId)).toEqual(attempt)
        sent.push(attempt)
        const answer = answers[Math.min(sent.length, answers.length) - 1]!
        return answer === 'never' ? new Promise(() => {}) : answer
      },
      async readOrder() {
        found.asked += 1
        return found.order
      },
      opensInMs: () => -60_000,
      onAccepted: (id) => void bought.push(id),
      random: () => 0,
      wait: async (ms) => void waitsMs.push(ms),
      ...options,
    })
    purchase.subscribe(() => states.push(purchase.state().kind))
    return { ...purchase, states }
  }
  return { openPage, attempts, sent, waitsMs, bought, found }
}

async function untilSettled(page: { state(): PurchaseState }): Promise<PurchaseState> {
  return vi.waitUntil(() => !['sending', 'waiting'].includes(page.state().kind) && page.state(), {
    interval: 1,
    timeout: 20_000,
  })
}

test('an order is kept, sent, accepted, and then let go of', async () => {
  const { openPage, attempts, sent, bought } = givenAnswers(accepted)
  const page = openPage()
  page.buy(1)
  expect(page.state()).toMatchObject({ kind: 'sending', isUnsure: false })
  await untilSettled(page)
  expect(page.states).toEqual(['sending', 'ready'])
  expect({ bought, sent: sent.length, left: attempts.find(itemId) }).toEqual({
    bought: [orderId],
    sent: 1,
    left: undefined,
  })
})

test('presses while an order is under way send nothing more', async () => {
  const { openPage, sent } = givenAnswers('never')
  const page = openPage()
  page.buy(1)
  page.buy(1)
  page.resume()
  await vi.waitUntil(() => sent.length > 0, { timeout: 20_000 })
  expect(sent).toHaveLength(1)
})

test('whatever leaves the order open is sent again under the same key until there is an answer', async () => {
  const { openPage, sent, waitsMs, bought } = givenAnswers(
    no('BUSY'),
    no('OVERLOADED', { retryAfterMs: 3_000 }),
    noAnswer,
    no('UNAVAILABLE'),
    accepted,
  )
  const page = openPage()
  page.buy(2)
  await untilSettled(page)
  expect(new Set(sent.map(({ key }) => key)).size).toBe(1)
  expect(sent.map(({ quantity }) => quantity)).toEqual([2, 2, 2, 2, 2])
  expect(waitsMs[0]).toBe(500)
  expect(waitsMs[1]).toBeGreaterThanOrEqual(3_000)
  expect(bought).toEqual([orderId])
})

test('once an order may have been taken the buyer is told so, and a later "nothing was taken" of another sending does not undo it', async () => {
  const { openPage } = givenAnswers(noAnswer, no('BUSY'), 'never')
  const page = openPage()
  page.buy(1)
  await vi.waitUntil(
    () => {
      const state = page.state()
      return state.kind === 'sending' && state.sendingCount === 3
    },
    { timeout: 20_000 },
  )
  expect(page.state()).toMatchObject({ kind: 'sending', isUnsure: true })
})

test('an unknown outcome is asked for by its order id before it is sent again', async () => {
  const { openPage, sent, found, bought } = givenAnswers(no('OUTCOME_UNKNOWN', { orderId }), no('SOLD_OUT'))
  const acceptedAt = '2026-01-01T00:00:00.000Z'
  found.order = { ok: true, status: 200, value: { orderId, itemId, quantity: 1, status: 'accepted', acceptedAt } }
  const page = openPage()
  page.buy(1)
  await untilSettled(page)
  expect({ sent: sent.length, asked: found.asked, bought }).toEqual({ sent: 1, asked: 1, bought: [orderId] })
})

test('an order that is not there by its id is sent again, since it may still be on its way', async () => {
  const { openPage, sent, found, bought } = givenAnswers(no('OUTCOME_UNKNOWN', { orderId }), accepted)
  const page = openPage()
  page.buy(1)
  await untilSettled(page)
  expect({ sent: sent.length, asked: found.asked, bought }).toEqual({ sent: 2, asked: 1, bought: [orderId] })
})

test('a page reloaded in the middle of an order sends it again under the same key, by itself', async () => {
  const { openPage, sent, bought, attempts } = givenAnswers('never', accepted)
  openPage().buy(2)
  await vi.waitUntil(() => sent.length === 1, { timeout: 20_000 })
  const reloaded = openPage()
  reloaded.resume()
  expect(reloaded.state()).toMatchObject({ kind: 'sending', isUnsure: true })
  await untilSettled(reloaded)
  expect(sent[1]).toEqual(sent[0])
  expect({ bought, left: attempts.find(itemId) }).toEqual({ bought: [orderId], left: undefined })
})

test('a page reloaded after a refusal sends nothing by itself, and the next press has the same key', async () => {
  const { openPage, sent } = givenAnswers(no('SALE_PAUSED'), accepted)
  const page = openPage()
  page.buy(1)
  expect(await untilSettled(page)).toMatchObject({ kind: 'refused', refusal: 'SALE_PAUSED' })
  const reloaded = openPage()
  reloaded.resume()
  expect(reloaded.state()).toEqual({ kind: 'ready' })
  reloaded.buy(1)
  await untilSettled(reloaded)
  expect(sent[1]?.key).toBe(sent[0]?.key)
})

test('an attempt of long ago waits for the buyer to say whether it is still wanted', async () => {
  const { openPage, sent } = givenAnswers('never', accepted)
  openPage().buy(1)
  await vi.waitUntil(() => sent.length === 1, { timeout: 20_000 })
  const later = openPage({ nowMs: () => Date.now() + resumedWithinMs + 1 })
  later.resume()
  expect(later.state()).toMatchObject({ kind: 'stuck', isUnsure: true })
  expect(sent).toHaveLength(1)
  later.buy(1)
  await untilSettled(later)
  expect(sent[1]?.key).toBe(sent[0]?.key)
})

test('sending by itself ends, and goes on under the same key when the buyer says so', async () => {
  const answers = [...Array.from({ length: sendingCountMax }, () => noAnswer), accepted]
  const { openPage, sent, bought } = givenAnswers(...answers)
  const page = openPage()
  page.buy(1)
  expect(await untilSettled(page)).toMatchObject({ kind: 'stuck', isUnsure: true })
  expect(sent).toHaveLength(sendingCountMax)
  page.buy(1)
  expect(page.state()).toMatchObject({ kind: 'sending', isUnsure: true })
  await untilSettled(page)
  expect(new Set(sent.map(({ key }) => key)).size).toBe(1)
  expect(bought).toEqual([orderId])
})

test('an expired token keeps the attempt, and the next token goes on with it', async () => {
  const { openPage, sent, bought } = givenAnswers(no('UNAUTHORIZED'), accepted)
  const page = openPage()
  page.buy(1)
  expect(await untilSettled(page)).toEqual({ kind: 'signedOut' })
  const signedIn = openPage()
  signedIn.resume()
  // The refusal of the token was certain.
  expect(signedIn.state()).toMatchObject({ kind: 'sending', isUnsure: false })
  await untilSettled(signedIn)
  expect(sent[1]?.key).toBe(sent[0]?.key)
  expect(bought).toEqual([orderId])
})

test('a token that expires after an order may have been taken leaves that open, also after signing in', async () => {
  const { openPage, attempts } = givenAnswers(noAnswer, no('UNAUTHORIZED'), 'never')
  const page = openPage()
  page.buy(1)
  await untilSettled(page)
  expect(attempts.find(itemId)).toMatchObject({ isUnsure: true, isResting: false })
  const signedIn = openPage()
  signedIn.resume()
  expect(signedIn.state()).toMatchObject({ kind: 'sending', isUnsure: true })
})

test('after an accepted order another press is another order', async () => {
  const { openPage, sent } = givenAnswers(accepted)
  const page = openPage()
  page.buy(1)
  await untilSettled(page)
  page.buy(1)
  await untilSettled(page)
  expect(new Set(sent.map(({ key }) => key)).size).toBe(2)
})

test('a network that is back ends the wait, and a page that is left sends no more', async () => {
  const kept = keepInMemory()
  let sentCount = 0
  const purchase = createPurchase({
    itemId,
    attempts: createAttemptStore({ kept, buyer: 'ann' }),
    async placeOrder() {
      sentCount += 1
      return noAnswer
    },
    readOrder: async () => no('ORDER_NOT_FOUND'),
    opensInMs: () => -60_000,
    onAccepted: () => {},
    wait: (_ms, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
  })
  purchase.buy(1)
  await vi.waitUntil(() => purchase.state().kind === 'waiting', { timeout: 20_000 })
  purchase.sendNow()
  await vi.waitUntil(() => sentCount === 2 && purchase.state().kind === 'waiting', { timeout: 20_000 })
  purchase.stop()
  await new Promise(setImmediate)
  expect(sentCount).toBe(2)
})
