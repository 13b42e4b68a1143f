import type { App } from '@flash-sale/local-stack/apps/start-app'
import { percentileMs } from '@flash-sale/reports/process-report-durations'
import type { Ground } from '../ground.ts'
import type { ArrivalPlan, ArrivalSecond } from '../load/arrive.ts'
import { oneOf } from '../load/buyers.ts'
import { openItem } from '../load/sales.ts'
import { acceptedStatus } from '../measure/sell-slice.ts'
import { ratioOf, spreadOf, type Spread } from '../measure/spread.ts'
import { benchModule, startOwnChild } from '../own-child.ts'
import { startBareServer } from './bare.ts'

export interface StartFigure {
  readonly connectionCount: number
  /** p99 of the orders that came in the first second, against those of the last. */
  readonly firstOfTenth: Spread
  /** The same of a bare server without a token check that was just started: what connecting and cold code cost without the product. */
  readonly bareFirstOfTenth: Spread
  /** Orders of the first second that were not accepted, over all rounds. */
  readonly failedCount: number
  /** By reason or status. */
  readonly failures: Readonly<Record<string, number>>
  readonly p99MsBySecond: readonly Spread[]
  readonly bareP99MsBySecond: readonly Spread[]
  /** Accepted orders of each second. Of this machine, in this run. */
  readonly acceptedBySecond: readonly Spread[]
}

const seconds = 10
const answerWithinMs = 30_000
/** More than any server of one process answers in a second. */
const ordersPerSecondMax = 48_000

type Arrive = (server: App, name: string, itemId: number) => Promise<readonly ArrivalSecond[]>

/**
 * (r) The first seconds of a sale: all connections arrive at once, at an API that was just started and has sold nothing yet. Each round has an
 * API of its own, and a bare server of its own. Worker and stores are at work as in the real storm.
 */
export async function measureStart(ground: Ground): Promise<StartFigure> {
  const { settings, say, signal, secrets } = ground
  const connectionCount = settings.arrivals
  await ground.startWorker()
  const crowd = await startOwnChild<ArrivalPlan, { seconds: ArrivalSecond[] }>(benchModule('load/arrive-process'))
  const arrive: Arrive = async ({ url }, name, itemId) => {
    const count = connectionCount + seconds * ordersPerSecondMax
    const newBuyers = { jwtSecret: secrets.JWT_SECRET, name, count, bodies: [oneOf(itemId)] }
    const port = Number(new URL(url).port)
    return (await crowd.ask({ port, connectionCount, seconds, newBuyers, answerWithinMs })).seconds
  }
  const rounds: Rounds = { bare: [], api: [] }
  try {
    for (let round = 0; round < settings.starts; round += 1) {
      signal.throwIfAborted()
      say(`start ${round + 1} of ${settings.starts}`)
      const bare = await startBareServer(ground, { checksTokens: false })
      rounds.bare.push(await arrive(bare, `bare-${round}`, 1))
      await bare.stop()
      const api = await ground.startApi()
      rounds.api.push(await arrive(api, `start-${round}`, await openItem(api)))
      await api.stop()
    }
  } finally {
    await crowd.stop()
  }
  return figureOf(connectionCount, rounds)
}

interface Rounds {
  readonly bare: (readonly ArrivalSecond[])[]
  readonly api: (readonly ArrivalSecond[])[]
}

function figureOf(connectionCount: number, { bare, api }: Rounds): StartFigure {
  const [bareP99s, p99s] = [p99sOf(bare), p99sOf(api)]
  const failures = sumFailures(api.map(([first]) => first!))
  return {
    connectionCount,
    firstOfTenth: firstOfLast(p99s),
    bareFirstOfTenth: firstOfLast(bareP99s),
    failedCount: Object.values(failures).reduce((sum, count) => sum + count, 0),
    failures,
    p99MsBySecond: bySecond(p99s),
    bareP99MsBySecond: bySecond(bareP99s),
    acceptedBySecond: bySecond(
      api.map((round) => round.map(({ answersByStatus }) => answersByStatus[acceptedStatus] ?? 0)),
    ),
  }
}

type P99s = readonly (readonly number[])[]

function p99sOf(rounds: Rounds['api']): P99s {
  return rounds.map((round) => round.map(({ durations }) => percentileMs(durations, 0.99) ?? 0))
}

function firstOfLast(p99s: P99s): Spread {
  return ratioOf(
    p99s.map((round) => round[0]!),
    p99s.map((round) => round.at(-1)!),
  )
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

function bySecond(rounds: P99s): Spread[] {
  return Array.from({ length: seconds }, (_, second) => spreadOf(rounds.map((round) => round[second]!)))
}
