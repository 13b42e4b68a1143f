import { throwApart } from './throw-apart.ts'

/** One item's batch that is ready to go. */
export interface Passenger {
  /** Orders that wait for a batch of the item. */
  readonly waitingCount: () => number
  /** Sends a batch of at most so many orders, and returns of how many. Calls `landed` once, when the first sending was answered or has failed. */
  readonly depart: (countMax: number, landed: () => void) => number
}

/**
 * Lets the batches of all items that are ready in one turn of the event loop travel together: in one write, so that Redis reads them at once,
 * syncs them to disk once, and answers at once. What becomes ready while a flight is under way gathers for the next.
 */
export interface BatchFlights {
  /** The batch departs with the next flight, in the order of boarding. */
  board(passenger: Passenger): void
  /** Runs `act` at the end of this turn, after the flight that may depart then. */
  afterDeparture(act: () => void): void
  /** Ends the wait for a flight that is under way for too long. To be called now and then. */
  checkTime(): void
}

/** Runs sends so that everything which they write at once leaves in one write. */
export type SendTogether = (sends: () => void) => void

interface Flight {
  readonly departedAtMs: number
  underWayCount: number
}

/** Below this a script for fewer orders costs more than it gains. */
const splitFromCount = 64

/** A ledger that takes longer than this for a batch is the bottleneck, and more batches are more waiting for those behind. */
const slowFlightMs = 50

/**
 * A flight takes no more than half of what waits: while Redis judges one half, this process answers the other's buyers and reads
 * what they send next. One flight of everything would have each of the two wait for the other.
 */
function nextFlightSize(waitingCount: number, lastFlightMs: number): number {
  // Never none: orders whose time ran out wait no more, and their batch departs all the same, empty.
  return Math.max(splitFromCount, lastFlightMs > slowFlightMs ? waitingCount : Math.ceil(waitingCount / 2))
}

export function createBatchFlights(sendTogether: SendTogether): BatchFlights {
  let ready: Passenger[] = []
  let afterwards: (() => void)[] = []
  let underWay: Flight | undefined
  let lastFlightMs = 0
  let isDue = false

  /** After everything that this turn makes ready: promises are settled before the next tick. */
  function endTurnSoon(): void {
    if (isDue) return
    isDue = true
    process.nextTick(() => {
      isDue = false
      if (!underWay && ready.length > 0) sendTogether(departAll)
      const acts = afterwards
      afterwards = []
      for (const act of acts) actAlone(act)
    })
  }

  function departAll(): void {
    const waitingCount = ready.reduce((sum, passenger) => sum + passenger.waitingCount(), 0)
    let room = nextFlightSize(waitingCount, lastFlightMs)
    const flight: Flight = { departedAtMs: performance.now(), underWayCount: 1 }
    underWay = flight
    let count = 0
    for (; count < ready.length && room > 0; count += 1) {
      flight.underWayCount += 1
      room -= ready[count]!.depart(Math.max(splitFromCount, room), () => landOne(flight))
    }
    ready = ready.slice(count)
    landOne(flight)
  }

  function landOne(flight: Flight): void {
    flight.underWayCount -= 1
    if (flight.underWayCount === 0) end(flight)
  }

  function end(flight: Flight): void {
    if (underWay !== flight) return
    lastFlightMs = performance.now() - flight.departedAtMs
    underWay = undefined
    if (ready.length > 0) endTurnSoon()
  }

  return {
    board(passenger) {
      ready.push(passenger)
      endTurnSoon()
    },
    afterDeparture(act) {
      afterwards.push(act)
      endTurnSoon()
    },
    checkTime() {
      if (underWay && performance.now() - underWay.departedAtMs > slowFlightMs) end(underWay)
    },
  }
}

/** The other acts answer other buyers, whose orders may be reserved. */
function actAlone(act: () => void): void {
  try {
    act()
  } catch (error) {
    throwApart(error)
  }
}
