import { setImmediate as endOfTurn } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createReservationBatcher, type BatcherOptions, type Reservation } from './reservation-batcher.ts'
import type { BatchOutcome, SendBatch } from './reserve-strategy.ts'
import type { OrderToReserve } from './reserve.ts'

let lastOrder = 0

function anOrder(): OrderToReserve {
  lastOrder += 1
  return { orderId: `order-${lastOrder}`, buyer: 'ann', quantity: 1 }
}

function allReserved(orders: readonly OrderToReserve[]): BatchOutcome {
  return { kind: 'JUDGED', epoch: 1, verdicts: orders.map(() => 'RESERVED'), entry: { id: '1-1', sequence: 1 } }
}

/** A sending side whose replies the test gives by hand. */
function byHand() {
  const sent: {
    orders: readonly OrderToReserve[]
    reply: (outcome: BatchOutcome) => void
    fail: (why: Error) => void
  }[] = []
  const send: SendBatch = (_itemId, begin) => new Promise((reply, fail) => sent.push({ orders: begin(), reply, fail }))
  return { sent, send }
}

function aBatcher(send: SendBatch, overrides: Partial<BatcherOptions> = {}) {
  const onAccepted = vi.fn()
  const onError = vi.fn()
  const options = { batchSizeMax: 256, pendingCountMax: 1_000, deadlineMs: 5_000 }
  const batcher = createReservationBatcher({ send, onAccepted, onError, ...options, ...overrides })
  const reserve = (itemId: number, order = anOrder()) =>
    new Promise<Reservation>((answer) => batcher.reserve(itemId, order, answer))
  return { batcher, reserve, onAccepted, onError }
}

test('orders of one turn of the event loop are one batch, and an order alone waits for no timer', async () => {
  const { sent, send } = byHand()
  const { reserve } = aBatcher(send)
  const orders = Array.from({ length: 3 }, anOrder)
  const first = reserve(1, orders[0]!)
  await Promise.resolve()
  const others = orders.slice(1).map((order) => reserve(1, order))
  await endOfTurn()
  expect(sent.map((batch) => batch.orders)).toEqual([orders])
  sent[0]!.reply(allReserved(orders))
  await Promise.all([first, ...others])
})

test('the next batch is sent before the buyers of the one before are answered', async () => {
  const { sent, send } = byHand()
  const { reserve } = aBatcher(send)
  const sentWhenAnswered = reserve(1).then(() => sent.length)
  await endOfTurn()
  const later = reserve(1)
  sent[0]!.reply(allReserved(sent[0]!.orders))
  expect(await sentWhenAnswered).toBe(2)
  sent[1]!.reply(allReserved(sent[1]!.orders))
  expect(await later).toEqual({ kind: 'RESERVED' })
})

test('one batch is in flight for an item; the next gathers meanwhile, in order, up to its size', async () => {
  const { sent, send } = byHand()
  const { reserve } = aBatcher(send, { batchSizeMax: 3 })
  const orders = Array.from({ length: 6 }, anOrder)
  const [first, ...others] = orders
  const answers = [reserve(1, first!)]
  await endOfTurn()
  answers.push(...others.map((order) => reserve(1, order)))
  expect(sent.map((batch) => batch.orders)).toEqual([[orders[0]]])
  sent[0]!.reply(allReserved(sent[0]!.orders))
  await vi.waitFor(() => expect(sent).toHaveLength(2), { timeout: 20_000 })
  expect(sent[1]!.orders).toEqual(orders.slice(1, 4))
  sent[1]!.reply({ kind: 'JUDGED', epoch: 1, verdicts: ['SOLD_OUT', 'REPLAYED', 'KEY_CONFLICT'] })
  await vi.waitFor(() => expect(sent).toHaveLength(3), { timeout: 20_000 })
  sent[2]!.reply(allReserved(sent[2]!.orders))
  const kinds = (await Promise.all(answers)).map(({ kind }) => kind)
  expect(kinds).toEqual(['RESERVED', 'SOLD_OUT', 'REPLAYED', 'KEY_CONFLICT', 'RESERVED', 'RESERVED'])
})

/** Time goes on only when the test says so. */
function holdTheClock(): void {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
}

test('of many that wait a batch takes half, so that Redis and this process are at work in turns, and of few all', async () => {
  holdTheClock()
  const sizes: number[] = []
  const { reserve } = aBatcher(async (_itemId, begin) => {
    const orders = begin()
    sizes.push(orders.length)
    return allReserved(orders)
  })
  await Promise.all(Array.from({ length: 200 }, () => reserve(1)))
  expect(sizes).toEqual([100, 64, 36])
})

test('while the ledger is slow a batch takes all that waits, so that nobody waits for one batch more', async () => {
  holdTheClock()
  const { sent, send } = byHand()
  const { reserve } = aBatcher(send)
  const first = reserve(1)
  await endOfTurn()
  const others = Array.from({ length: 200 }, () => reserve(1))
  vi.advanceTimersByTime(60)
  sent[0]!.reply(allReserved(sent[0]!.orders))
  await first
  expect(sent[1]!.orders).toHaveLength(200)
  sent[1]!.reply(allReserved(sent[1]!.orders))
  await Promise.all(others)
})

test('an answer that throws keeps no other buyer from an answer, and does not go unheard', async () => {
  const { batcher, reserve } = aBatcher(async (_itemId, begin) => allReserved(begin()))
  const thrownApart = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation(() => undefined)
  onTestFinished(() => thrownApart.mockRestore())
  const fault = new Error('a fault of the route')
  batcher.reserve(1, anOrder(), () => {
    throw fault
  })
  expect(await reserve(1)).toEqual({ kind: 'RESERVED' })
  expect(await reserve(1)).toEqual({ kind: 'RESERVED' })
  expect(thrownApart).toHaveBeenCalledOnce()
  expect(thrownApart.mock.calls[0]![0]).toThrow(fault)
  await batcher.close()
})

test('an order that is placed while another is being answered is taken like any other', async () => {
  const { batcher } = aBatcher(async (_itemId, begin) => allReserved(begin()))
  const second = new Promise<Reservation>((answer) => {
    batcher.reserve(1, anOrder(), () => batcher.reserve(1, anOrder(), answer))
  })
  expect(await second).toEqual({ kind: 'RESERVED' })
  await batcher.close()
  expect(batcher.pendingCount).toBe(0)
})

test('the batches of all items that one turn brings leave together, and come back before any buyer is answered', async () => {
  const { sent, send } = byHand()
  const log: string[] = []
  const sendTogether = (sends: () => void) => {
    sends()
    log.push(`${sent.length} sent`)
  }
  const { batcher } = aBatcher(send, { sendTogether })
  const reserve = (itemId: number) =>
    batcher.reserve(itemId, anOrder(), () => {
      log.push(`${itemId} answered`)
    })
  for (const itemId of [1, 2, 3]) reserve(itemId)
  await endOfTurn()
  expect(log).toEqual(['3 sent'])
  for (const itemId of [1, 2, 3]) reserve(itemId)
  for (const { orders, reply } of sent) reply(allReserved(orders))
  await vi.waitFor(() => expect(log).toHaveLength(5), { timeout: 20_000 })
  expect(log).toEqual(['3 sent', '6 sent', '1 answered', '2 answered', '3 answered'])
  for (const { orders, reply } of sent.slice(3)) reply(allReserved(orders))
  await batcher.close()
})

test('an item whose ledger is busy keeps no other item waiting', async () => {
  let busyCount = 0
  const { reserve } = aBatcher(async (itemId, begin) => {
    const orders = begin()
    if (itemId === 1 && (busyCount += 1) < 5) return { kind: 'BUSY', retryAfterMs: 100 }
    return allReserved(orders)
  })
  const [busy, ...others] = [1, 2, 3].map((itemId) => reserve(itemId))
  await Promise.all(others)
  expect(busyCount).toBe(1)
  expect(await busy).toEqual({ kind: 'RESERVED' })
})

test('items do not wait for one another', async () => {
  const { sent, send } = byHand()
  const { reserve } = aBatcher(send)
  void reserve(1)
  void reserve(2)
  await endOfTurn()
  expect(sent).toHaveLength(2)
})

test('the doorbell is told of a batch that was accepted, and of no other', async () => {
  const { sent, send } = byHand()
  const { reserve, onAccepted } = aBatcher(send)
  const refused = reserve(1)
  await endOfTurn()
  sent[0]!.reply({ kind: 'JUDGED', epoch: 1, verdicts: ['SOLD_OUT'] })
  await refused
  expect(onAccepted).not.toHaveBeenCalled()
  const accepted = reserve(1)
  await vi.waitFor(() => expect(sent).toHaveLength(2), { timeout: 20_000 })
  sent[1]!.reply(allReserved(sent[1]!.orders))
  await accepted
  expect(onAccepted).toHaveBeenCalledExactlyOnceWith({ itemId: 1, epoch: 1, entryId: '1-1', orderCount: 1 })
})

test('over its bound it sheds at once, and takes orders again when there is room', async () => {
  const { sent, send } = byHand()
  const { batcher, reserve } = aBatcher(send, { pendingCountMax: 2 })
  const first = reserve(1)
  await endOfTurn()
  const second = reserve(1)
  expect(await reserve(1)).toEqual({ kind: 'OVERLOADED' })
  expect(batcher.pendingCount).toBe(2)
  sent[0]!.reply(allReserved(sent[0]!.orders))
  await first
  const third = reserve(1)
  sent[1]!.reply(allReserved(sent[1]!.orders))
  await vi.waitFor(() => expect(sent).toHaveLength(3), { timeout: 20_000 })
  sent[2]!.reply(allReserved(sent[2]!.orders))
  expect((await Promise.all([second, third])).map(({ kind }) => kind)).toEqual(['RESERVED', 'RESERVED'])
  expect(batcher.pendingCount).toBe(0)
})

test('an order whose reply does not come in time is unknown; one that was never sent is definitely refused', async () => {
  vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const { send } = byHand()
  const { reserve } = aBatcher(send, { deadlineMs: 60 })
  const sentOrder = reserve(1)
  await endOfTurn()
  const waitingOrder = reserve(1)
  vi.advanceTimersByTime(100)
  expect(await sentOrder).toEqual({ kind: 'OUTCOME_UNKNOWN' })
  expect(await waitingOrder).toEqual({ kind: 'OVERLOADED' })
})

test('a batch that was refused as busy is sent again until the ledger judges it', async () => {
  let calls = 0
  const send: SendBatch = async (_itemId, begin) => {
    calls += 1
    const orders = begin()
    return calls < 4 ? { kind: 'BUSY', retryAfterMs: 5 } : allReserved(orders)
  }
  const { reserve } = aBatcher(send)
  expect(await reserve(1)).toEqual({ kind: 'RESERVED' })
  expect(calls).toBe(4)
})

test('busy until the deadline is a definite refusal', async () => {
  const { reserve } = aBatcher(
    async (_itemId, begin) => {
      begin()
      return { kind: 'BUSY', retryAfterMs: 5 }
    },
    { deadlineMs: 60 },
  )
  expect(await reserve(1)).toMatchObject({ kind: 'BUSY' })
})

test('an order whose time ran out before its batch went off is definitely refused, and is not sent after that', async () => {
  let goOn: (() => void) | undefined
  const turn = new Promise<void>((resolve) => (goOn = resolve))
  const begun: (readonly OrderToReserve[])[] = []
  const { reserve } = aBatcher(
    async (_itemId, begin) => {
      await turn
      const orders = begin()
      begun.push(orders)
      return { kind: 'JUDGED', epoch: 1, verdicts: orders.map(() => 'RESERVED') }
    },
    { deadlineMs: 60 },
  )
  expect(await reserve(1)).toMatchObject({ kind: 'BUSY' })
  goOn?.()
  await vi.waitFor(() => expect(begun).toEqual([[]]), { timeout: 20_000 })
})

test('after a sending without a reply, busy or not loaded is no longer definite', async () => {
  let calls = 0
  const replies: (() => Promise<BatchOutcome>)[] = [
    async () => Promise.reject(new Error('connection lost')),
    async () => ({ kind: 'NOT_LOADED' }),
  ]
  const { reserve, onError } = aBatcher((_itemId, begin) => {
    begin()
    return replies[calls++]!()
  })
  expect(await reserve(1)).toEqual({ kind: 'OUTCOME_UNKNOWN' })
  expect(onError).toHaveBeenCalledOnce()
})

test('after a lost reply the same orders are sent again and get their answers', async () => {
  let calls = 0
  const send: SendBatch = async (_itemId, begin) => {
    calls += 1
    const orders = begin()
    if (calls === 1) throw new Error('connection lost')
    return { kind: 'JUDGED', epoch: 1, verdicts: orders.map(() => 'REPLAYED') }
  }
  const { reserve } = aBatcher(send)
  expect(await reserve(1)).toEqual({ kind: 'REPLAYED' })
})

test('a refusal is not definite when another sending of the batch may still arrive', async () => {
  const { reserve } = aBatcher(async (_itemId, begin) => {
    begin()
    return { kind: 'JUDGED', epoch: 1, verdicts: ['PAUSED'], resent: true }
  })
  expect(await reserve(1)).toEqual({ kind: 'OUTCOME_UNKNOWN' })
})

test('closing waits for the orders it has and sheds those that come', async () => {
  const { sent, send } = byHand()
  const { batcher, reserve } = aBatcher(send)
  const held = reserve(1)
  const closed = batcher.close()
  expect(await reserve(1)).toEqual({ kind: 'OVERLOADED' })
  await endOfTurn()
  sent[0]!.reply(allReserved(sent[0]!.orders))
  await closed
  expect(await held).toEqual({ kind: 'RESERVED' })
})

test('a keyless order that is an earlier one gets the id of that, unless another sending of it may arrive yet', async () => {
  const { sent, send } = byHand()
  const { reserve } = aBatcher(send)
  const firstIds = new Map([[1, 'the-first']])
  const judged = { kind: 'JUDGED', epoch: 1, verdicts: ['REPLAYED', 'REPLAYED'], firstIds } as const
  const answers = [reserve(1), reserve(1)]
  await endOfTurn()
  sent[0]!.reply(judged)
  expect(await Promise.all(answers)).toEqual([{ kind: 'REPLAYED' }, { kind: 'REPLAYED', firstId: 'the-first' }])
  const later = [reserve(2), reserve(2)]
  await endOfTurn()
  sent[1]!.reply({ ...judged, resent: true })
  expect(await Promise.all(later)).toEqual([{ kind: 'REPLAYED' }, { kind: 'OUTCOME_UNKNOWN' }])
})
