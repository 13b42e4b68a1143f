import { expect, test } from 'vitest'
import { acceptedOrdersOf, createAcceptedBatches } from './accepted-batches.ts'
import { verdictLetters, type JudgedBatch, type OrderToReserve } from './reserve.ts'

const making = { birth: '1', epoch: 1 }
const roomy = { bytesMax: 1_000_000, ageMaxMs: 60_000 }

/** A batch of as many orders as there are letters. */
function batch(letters: string, entryId?: string, sequence = 1): { judged: JudgedBatch; orders: OrderToReserve[] } {
  const orders = Array.from(letters, (_, i) => ({ orderId: `${entryId}/${i}`, buyer: `buyer ${i}`, quantity: 1 + i }))
  const columns = JSON.stringify([
    orders.map(({ orderId }) => orderId),
    orders.map(({ buyer }) => buyer),
    orders.map(({ quantity }) => quantity),
  ])
  const verdicts = Array.from(letters, (letter) => verdictLetters[letter]!)
  const entry = entryId === undefined ? {} : { entry: { id: entryId, sequence } }
  return { judged: { kind: 'JUDGED', verdicts, text: { columns, letters }, ...entry }, orders }
}

function memoryOf(bounds = roomy, ...batches: ReturnType<typeof batch>[]) {
  const memory = createAcceptedBatches(bounds)
  for (const { judged, orders } of batches) memory.remember(7, making, judged, orders)
  return memory
}

const waiting = { kind: 'WAITING', sequence: 9, entryCount: 1 } as const

test('of a batch, the orders that the ledger took or knew are kept, and no others', () => {
  const memory = memoryOf(roomy, batch('ASRL', '5-0'))
  expect(memory.batchesOf(7).flatMap(acceptedOrdersOf)).toEqual([
    { orderId: '5-0/0', buyer: 'buyer 0', quantity: 1, acceptedAtMs: 5 },
    { orderId: '5-0/2', buyer: 'buyer 2', quantity: 3, acceptedAtMs: 5 },
  ])
  expect(memory.writtenLast(7)).toEqual({ ...making, sequence: 1, orderId: '5-0/0' })
})

test('nothing is kept of a batch in which no order was accepted', () => {
  expect(memoryOf(roomy, batch('SSLK')).itemIds).toEqual([])
})

test('an entry is forgotten once it does not wait any more, and not earlier', () => {
  const memory = memoryOf(roomy, batch('A', '9-5'), batch('A', '10-0', 2), batch('A', '10-1', 3))
  const left = (oldestId?: string) => {
    memory.forgetCommitted(7, memory.batchesOf(7), making, { ...waiting, oldestId, newestId: oldestId && '10-1' })
    return memory.batchesOf(7).map(({ upToId }) => upToId)
  }
  expect(left('9-5')).toEqual(['9-5', '10-0', '10-1'])
  expect(left('10-0')).toEqual(['10-0', '10-1'])
  expect(left('10-1')).toEqual(['10-1'])
  expect(left()).toEqual([])
  expect(memory.counts()).toEqual({ orders: 0, bytes: 0, dropped: 0 })
})

test('what was accepted after the look began, or by another making of the ledger, is not judged by that look', () => {
  const memory = memoryOf(roomy, batch('A', '1-0'))
  const looked = memory.batchesOf(7)
  const later = batch('A', '2-0', 2)
  memory.remember(7, making, later.judged, later.orders)
  memory.forgetCommitted(7, looked, { ...making, epoch: 2 }, waiting)
  memory.forgetCommitted(7, looked, { ...making, birth: '2' }, waiting)
  expect(memory.batchesOf(7)).toHaveLength(2)
  memory.forgetCommitted(7, looked, making, waiting)
  expect(memory.batchesOf(7).map(({ upToId }) => upToId)).toEqual(['2-0'])
})

test('a replay is kept until all that waited at the next look is committed', () => {
  const memory = memoryOf(roomy, batch('R'))
  const look = (oldestId: string, newestId: string) =>
    memory.forgetCommitted(7, memory.batchesOf(7), making, { ...waiting, oldestId, newestId })
  look('1-0', '4-0')
  look('4-0', '9-0')
  expect(memory.batchesOf(7)).toHaveLength(1)
  look('4-1', '9-0')
  expect(memory.batchesOf(7)).toHaveLength(0)
})

test('over its bytes it drops the oldest batch of all items, and over its age what is too old, and counts the orders', () => {
  const memory = createAcceptedBatches({ bytesMax: 700, ageMaxMs: 1_000 })
  for (const [itemId, entryId] of [
    [1, '1-0'],
    [2, '2-0'],
    [1, '3-0'],
    [1, '4-0'],
  ] as const) {
    const { judged, orders } = batch('AA', entryId)
    memory.remember(itemId, making, judged, orders)
  }
  const kept = () => memory.itemIds.flatMap((itemId) => memory.batchesOf(itemId).map(({ upToId }) => upToId))
  expect(kept()).toEqual(['3-0', '4-0'])
  expect(memory.counts()).toMatchObject({ orders: 4, dropped: 4 })
  memory.dropOld(1_003)
  memory.dropOld(1_004)
  expect(kept()).toEqual(['4-0'])
  expect(memory.counts()).toMatchObject({ orders: 2, dropped: 6 })
})

test('a look for old batches reads no more of a long memory than it drops', () => {
  const memory = memoryOf(roomy, batch('A', '1-0'), batch('A', '2-0', 2), batch('A', '3-0', 3), batch('A', '4-0', 4))
  let readCount = 0
  for (const kept of memory.batchesOf(7)) {
    const { atMs } = kept
    Object.defineProperty(kept, 'atMs', { get: () => ((readCount += 1), atMs) })
  }
  memory.dropOld(60_002)
  expect(memory.batchesOf(7).map(({ upToId }) => upToId)).toEqual(['2-0', '3-0', '4-0'])
  expect(readCount).toBe(2)
  memory.dropOld(70_000)
  expect(memory.counts()).toMatchObject({ orders: 0, dropped: 4 })
})

test('to forget a few batches costs a long memory no more than a short one', () => {
  const forgottenCount = 200
  const shortestMs = (batchCount: number) => {
    const tries = Array.from({ length: 5 }, () => {
      const batches = Array.from({ length: batchCount }, (_, i) => batch('A', `${i + 1}-0`, i))
      const memory = memoryOf({ ...roomy, bytesMax: Number.POSITIVE_INFINITY }, ...batches)
      const remembered = memory.batchesOf(7)
      const beganAtMs = performance.now()
      for (let i = 0; i < forgottenCount; i += 1) memory.forget(7, [remembered[i]!])
      const tookMs = performance.now() - beganAtMs
      expect(memory.counts().orders).toBe(batchCount - forgottenCount)
      return tookMs
    })
    return Math.min(...tries)
  }
  expect(shortestMs(50_000) / shortestMs(500)).toBeLessThan(20)
})
