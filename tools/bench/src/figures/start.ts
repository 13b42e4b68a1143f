import { percentileMs } from '@flash-sale/reports/process-report-durations'
import type { Ground } from '../ground.ts'
import type { ArrivalPlan, ArrivalSecond } from '../load/arrive.ts'
import { oneOf } from '../load/buyers.ts'
import { openItem } from '../load/sales.ts'
import { acceptedStatus } from '../measure/sell-slice.ts'
import { ratioOf, spreadOf, type Spread } from '../measure/spread.ts'
import { benchModule, startOwnChild } from '../own-child.ts'

export interface StartFigure {
  readonly connectionCount: number
  /** p99 of the orders that came in the first second, against those of the last. */
  readonly firstOfTenth: Spread
  /** Orders of the first second that were not accepted, over all rounds. */
  readonly failedCount: number
  /** By reason or status. */
  readonly failures: Readonly<Record<string, number>>
  readonly p99MsBySecond: readonly Spread[]
  /** Accepted orders of each second. Of this machine, in this run. */
  readonly acceptedBySecond: readonly Spread[]
}

const seconds = 10
const answerWithinMs = 30_000
/** More than any API of one process takes in a second. */
const ordersPerSecondMax = 16_000

/**
 * (r) The first seconds of a sale: all connections arrive at once, at an API that was just started and has sold nothing yet. Each round has an
 * API of its own. Worker and stores are at work as in the real storm.
 */
export async function measureStart(ground: Ground): Promise<StartFigure> {
  const { settings, say, signal, secrets } = ground
  const connectionCount = settings.arrivals
  await ground.startWorker()
  const crowd = await startOwnChild<ArrivalPlan, { seconds: ArrivalSecond[] }>(benchModule('load/arrive-process'))
  const rounds: ArrivalSecond[][] = []
  try {
    for (let round = 0; round < settings.starts; round += 1) {
      signal.throwIfAborted()
      say(`start ${round + 1} of ${settings.starts}`)
      const api = await ground.startApi()
      const itemId = await openItem(api)
      const count = connectionCount + seconds * ordersPerSecondMax
      const newBuyers = { jwtSecret: secrets.JWT_SECRET, name: `start-${round}`, count, bodies: [oneOf(itemId)] }
      const port = Number(new URL(api.url).port)
      const counts = await crowd.ask({ port, connectionCount, seconds, newBuyers, answerWithinMs })
      rounds.push(counts.seconds)
      await api.stop()
    }
  } finally {
    await crowd.stop()
  }
  return figureOf(connectionCount, rounds)
}

function figureOf(connectionCount: number, rounds: readonly ArrivalSecond[][]): StartFigure {
  const p99s = rounds.map((round) => round.map(({ durations }) => percentileMs(durations, 0.99) ?? 0))
  const failures = sumFailures(rounds.map(([first]) => first!))
  return {
    connectionCount,
    firstOfTenth: ratioOf(
      p99s.map((round) => round[0]!),
      p99s.map((round) => round.at(-1)!),
    ),
    failedCount: Object.values(failures).reduce((sum, count) => sum + count, 0),
    failures,
    p99MsBySecond: bySecond(p99s),
    acceptedBySecond: bySecond(
      rounds.map((round) => round.map(({ answersByStatus }) => answersByStatus[acceptedStatus] ?? 0)),
    ),
  }
}

function sumFailures(firsts: readonly ArrivalSecond[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const { answersByStatus, failures } of firsts) {
    for (const [why, count] of Object.entries({ ...answersByStatus, ...failures })) {
      if (why !== String(acceptedStatus)) sums[why] = (sums[why] ?? 0) + count
    }
  }
  return sums
}

function bySecond(rounds: readonly (readonly number[])[]): Spread[] {
  return Array.from({ length: seconds }, (_, second) => spreadOf(rounds.map((round) => round[second]!)))
}
