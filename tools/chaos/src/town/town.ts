import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, type Client } from '@flash-sale/contract/client'
import { migrate } from '@flash-sale/database/migrate'
import { buyerTokenSigner } from '@flash-sale/kit/sign-tokens'
import { makeTownProcess, type TownProcess } from './town-process.ts'
import { startTownPayments, type TownPayments } from './town-payments.ts'
import { startTownPostgres, type TownPostgres } from './town-postgres.ts'
import { startTownRedis, type TownRedis } from './town-redis.ts'

/** A whole service on stores of its own: two APIs, two workers, and a payment provider. */
export interface Town {
  readonly redis: TownRedis
  readonly postgres: TownPostgres
  readonly payments: TownPayments
  readonly apis: readonly TownProcess[]
  readonly workers: readonly TownProcess[]
  readonly processes: readonly TownProcess[]
  readonly tokenOf: (buyer: string) => string
  /** Acts as an operator at an API. A client waits so long for one answer; in ms. */
  readonly operator: (api: TownProcess, timeoutMs?: number) => Client
  /** What processes logged at level 50 and above since the last call. */
  readonly takeAlarms: () => string[]
  /** Processes that ended though nothing had ended them, since the last call. */
  readonly takeOwnEnds: () => string[]
  /** Starts what does not run, and lets go of what proxies hold. */
  readonly makeWhole: () => Promise<void>
  /** Ends everything at once. May be called again. */
  readonly close: () => Promise<void>
}

export interface OpenTownOptions {
  readonly folder: string
  readonly recordPid: (pid: number) => void
  readonly onProgress: (line: string) => void
  readonly signal: AbortSignal
}

const alarmLevel = 50
const tokenLifeMs = 24 * 3_600_000

/** Starts the stores, brings the database up to date, and starts the processes. When the signal is aborted everything ends. */
export async function openTown(options: OpenTownOptions): Promise<Town> {
  const closers: (() => Promise<unknown>)[] = []
  let closing: Promise<void> | undefined
  const close = () => (closing ??= closeAll(closers))
  const keep = async <Part>(making: Promise<Part>, end: (part: Part) => Promise<unknown>): Promise<Part> => {
    const part = await making
    closers.push(() => end(part))
    if (closing) await end(part)
    return part
  }
  options.signal.addEventListener('abort', () => void close(), { once: true })
  try {
    const [redis, postgres] = await Promise.all([
      keep(startTownRedis(options), (part) => part.stop()),
      keep(startTownPostgres(options), (part) => part.stop()),
    ])
    await migrate(postgres.databaseUrl)
    const payments = await keep(startTownPayments(), (part) => part.close())
    return await openTownOn({ ...options, redis, postgres, payments }, keep, close)
  } catch (error) {
    await close()
    throw error
  }
}

type Keep = <Part>(making: Promise<Part>, end: (part: Part) => Promise<unknown>) => Promise<Part>
type Around = Pick<Town, 'redis' | 'postgres' | 'payments'>

async function openTownOn(
  { redis, postgres, payments, signal }: OpenTownOptions & Around,
  keep: Keep,
  close: () => Promise<void>,
): Promise<Town> {
  const secrets = { JWT_SECRET: randomBytes(32).toString('hex'), OPS_KEY: randomBytes(32).toString('hex') }
  const alarms: string[] = []
  const ownEnds: string[] = []
  const make = (kind: 'api' | 'worker', number: number) =>
    keep(
      makeTownProcess({
        name: `${kind === 'api' ? 'API' : 'worker'} ${number}`,
        kind,
        redisUrl: redis.url,
        databaseUrl: postgres.databaseUrl,
        env: {
          ...secrets,
          ...payments.env,
          HOST: '127.0.0.1',
          PORT: '0',
          NODE_ENV: 'production',
          LOG_LEVEL: 'error',
          SHUTDOWN_DELAY_MS: '0',
        },
        onLine: (line) => {
          const alarm = alarmOf(line)
          if (alarm !== undefined) alarms.push(alarm)
        },
        onOwnEnd: (how) => ownEnds.push(how),
      }),
      async (made) => {
        await made.end('SIGKILL')
        await Promise.all([made.redis.close(), made.postgres.close()])
      },
    )
  const [apis, workers] = await Promise.all([
    Promise.all([make('api', 1), make('api', 2)]),
    Promise.all([make('worker', 1), make('worker', 2)]),
  ])
  const processes = [...apis, ...workers]
  const makeWhole = async () => {
    for (const { redis: toRedis, postgres: toPostgres, resume } of processes) {
      for (const proxy of [toRedis, toPostgres]) {
        proxy.accept()
        proxy.passAll()
      }
      resume()
    }
    await Promise.all(processes.filter((one) => !one.isRunning()).map((one) => startPatiently(one, signal)))
  }
  await makeWhole()
  payments.tellEachOf(apis)
  return {
    redis,
    postgres,
    payments,
    apis,
    workers,
    processes,
    tokenOf: buyerTokenSigner(secrets.JWT_SECRET, tokenLifeMs),
    operator: ({ url }, timeoutMs) =>
      createClient({ baseUrl: url(), opsKey: secrets.OPS_KEY, ...(timeoutMs !== undefined && { timeoutMs }) }),
    takeAlarms: () => alarms.splice(0),
    takeOwnEnds: () => ownEnds.splice(0),
    makeWhole,
    close,
  }
}

const startTriesMax = 10
const startAgainMs = 500

/** A service manager starts a process again that could not start, because a store was away for a moment. */
async function startPatiently(one: TownProcess, signal: AbortSignal): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await one.start()
    } catch (error) {
      signal.throwIfAborted()
      if (tries === startTriesMax) throw error
      await sleep(startAgainMs, undefined, { signal })
    }
  }
}

/** What a line says if it is of level 50 or above. */
function alarmOf(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    const { level, msg }: { level?: unknown; msg?: unknown } = JSON.parse(line)
    return Number(level) >= alarmLevel ? String(msg) : undefined
  } catch {
    return undefined
  }
}

/** Processes first, then the stores under them. What fails to close must not keep the rest open. */
async function closeAll(closers: (() => Promise<unknown>)[]): Promise<void> {
  const stores = closers.slice(0, 2)
  const processes = closers.slice(2)
  for (const part of [processes, stores]) await Promise.allSettled(part.map((end) => end()))
}
