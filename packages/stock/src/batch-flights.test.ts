import { expect, onTestFinished, test, vi } from 'vitest'
import { createBatchFlights, type Passenger } from './batch-flights.ts'

/** Flights whose batches land when the test says so, and what happened in which order. */
function controlledFlights() {
  const log: string[] = []
  const landing = new Map<string, () => void>()
  const flights = createBatchFlights((sends) => {
    log.push('[')
    sends()
    log.push(']')
  })
  const board = (name: string, waiting: number, batchSizeMax = waiting) => {
    const passenger: Passenger = {
      waitingCount: () => waiting,
      depart(countMax, landed) {
        const count = Math.min(countMax, batchSizeMax)
        log.push(`${name} ${count}`)
        landing.set(name, landed)
        return count
      },
    }
    flights.board(passenger)
  }
  const land = (...names: string[]) => {
    for (const name of names) landing.get(name)!()
  }
  const taken = () => log.splice(0)
  return { flights, board, land, taken }
}

const nextTick = () => new Promise<void>((resolve) => process.nextTick(resolve))

test('what is ready in one turn leaves in one write, and the next flight once all of the one before has landed', async () => {
  const { board, land, taken } = controlledFlights()
  board('a', 10)
  await Promise.resolve().then(() => board('b', 10))
  await nextTick()
  expect(taken()).toEqual(['[', 'a 10', 'b 10', ']'])
  board('c', 10)
  await nextTick()
  land('a')
  await nextTick()
  expect(taken()).toEqual([])
  land('b')
  board('d', 10)
  await nextTick()
  expect(taken()).toEqual(['[', 'c 10', 'd 10', ']'])
})

test('of many that wait a flight takes half, by whole batches, in the order in which they became ready', async () => {
  const { board, land, taken } = controlledFlights()
  for (const name of 'abcdefgh') board(name, 20)
  await nextTick()
  expect(taken()).toEqual(['[', 'a 20', 'b 20', 'c 20', 'd 20', ']'])
  for (const name of 'abcd') board(name, 20)
  land('a', 'b', 'c', 'd')
  await nextTick()
  expect(taken()).toEqual(['[', 'e 20', 'f 20', 'g 20', 'h 20', ']'])
})

test('an item of which more waits than one batch takes leaves room for the others', async () => {
  const { board, taken } = controlledFlights()
  board('crowded', 5_000, 256)
  for (const name of ['a', 'b']) board(name, 10)
  await nextTick()
  expect(taken()).toEqual(['[', 'crowded 256', 'a 10', 'b 10', ']'])
})

test('buyers are answered after the next flight has departed', async () => {
  const { flights, board, land, taken } = controlledFlights()
  board('a', 1)
  await nextTick()
  taken()
  const log: string[][] = []
  flights.afterDeparture(() => log.push(taken()))
  board('b', 1)
  land('a')
  await nextTick()
  expect(log).toEqual([['[', 'b 1', ']']])
})

test('a fault while one batch is answered keeps no other batch from its answers', async () => {
  const { flights } = controlledFlights()
  const faults: (() => void)[] = []
  vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((fault) => void faults.push(fault))
  onTestFinished(() => void vi.restoreAllMocks())
  const answered: string[] = []
  flights.afterDeparture(() => {
    throw new Error('the answer failed')
  })
  flights.afterDeparture(() => answered.push('b'))
  await nextTick()
  expect(answered).toEqual(['b'])
  expect(faults).toHaveLength(1)
  expect(faults[0]).toThrow('the answer failed')
})

test('a batch that does not come back holds the others for a moment, and not longer', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const { flights, board, land, taken } = controlledFlights()
  board('stuck', 1)
  await nextTick()
  taken()
  for (const name of ['a', 'b']) board(name, 100)
  vi.advanceTimersByTime(40)
  flights.checkTime()
  await nextTick()
  expect(taken()).toEqual([])
  vi.advanceTimersByTime(20)
  flights.checkTime()
  await nextTick()
  // All of them, since Redis is slow.
  expect(taken()).toEqual(['[', 'a 100', 'b 100', ']'])
  board('c', 1)
  land('stuck')
  await nextTick()
  expect(taken()).toEqual([])
  land('a', 'b')
  await nextTick()
  expect(taken()).toEqual(['[', 'c 1', ']'])
})

test('after a slow flight a batch whose orders ran out of time departs empty with the next one', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const { board, land, taken } = controlledFlights()
  board('slow', 1)
  await nextTick()
  vi.advanceTimersByTime(60)
  board('late', 0)
  taken()
  land('slow')
  await nextTick()
  expect(taken()).toEqual(['[', 'late 0', ']'])
})

test('a batch whose orders are all answered meanwhile keeps no flight', async () => {
  const { flights, board, taken } = controlledFlights()
  flights.board({
    waitingCount: () => 0,
    depart(_countMax, landed) {
      landed()
      return 0
    },
  })
  await nextTick()
  taken()
  board('a', 1)
  await nextTick()
  expect(taken()).toEqual(['[', 'a 1', ']'])
})
