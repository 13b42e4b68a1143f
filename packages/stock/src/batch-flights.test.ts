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
  const board = (name: string, waiting: number) => {
    const passenger: Passenger = {
      waitingCount: () => waiting,
      depart(countMax, landed) {
        log.push(`${name} ${Math.min(countMax, waiting)}`)
        landing.set(name, landed)
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

test('a batch whose orders are all answered meanwhile keeps no flight', async () => {
  const { flights, board, taken } = controlledFlights()
  flights.board({ waitingCount: () => 0, depart: (_countMax, landed) => landed() })
  await nextTick()
  taken()
  board('a', 1)
  await nextTick()
  expect(taken()).toEqual(['[', 'a 1', ']'])
})
