import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { parseEnv } from 'node:util'
import { createClient, type Client } from '@flash-sale/contract/client'
import { judgePayments, type PaymentViolation } from '@flash-sale/kit/judge-payments'
import { askPatiently } from '@flash-sale/kit/patience'
import type { RunFolder } from '@flash-sale/local-stack/machine/run-folder'
import { startStack } from '@flash-sale/local-stack/start-stack'
import { startSimulatedPayments } from '@flash-sale/simulated-payments/start-simulated-payments'
import { StartupError } from '@flash-sale/runtime/startup-error'
import { ownsHostFlag } from './read-arguments.ts'

/** The service that gets the load. */
export interface Target {
  readonly baseUrl: string
  readonly opsKey: string
  /** The secret that signs the buyers' tokens. Without it the target must make them. */
  readonly jwtSecret?: string | undefined
  readonly client: Client
  /** A deployment that stays up after the run, so the run must close its sale there. */
  readonly isGiven: boolean
  /** Compares the books of the payment provider with the orders (I12), once money is at rest. Undefined: the books are elsewhere. */
  readonly judgeMoney?: () => Promise<PaymentViolation[]>
  readonly stop: () => Promise<void>
}

export interface OpenTargetOptions {
  readonly env: NodeJS.ProcessEnv
  readonly ownsHost: boolean
  readonly runFolder: RunFolder
  readonly onProgress: (line: string) => void
  readonly signal: AbortSignal
}

/** The deployment at BASE_URL, or else a stack of our own on 127.0.0.1 with new stores. */
export async function openTarget(options: OpenTargetOptions): Promise<Target> {
  const baseUrl = options.env['BASE_URL']
  if (!baseUrl) return startTarget(options)
  const target = givenTarget(baseUrl.replace(/\/+$/, ''), await withDotEnv(options.env), options.ownsHost)
  const ready = await target.client.ready()
  if (!ready.ok) throw new StartupError(`${target.baseUrl} is not ready: ${ready.problem.detail}`)
  return target
}

/** Checks the settings of a given deployment. Throws a StartupError of one line. */
export function givenTarget(baseUrl: string, env: NodeJS.ProcessEnv, ownsHost: boolean): Target {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new StartupError(`BASE_URL ${baseUrl}: must be a URL like http://127.0.0.1:3000`)
  }
  if (!ownsHost && !isLoopback(url.hostname)) {
    throw new StartupError(
      `BASE_URL ${baseUrl} is not this machine: a storm may only go to what is yours. If it is, add --${ownsHostFlag}`,
    )
  }
  const { OPS_KEY: opsKey, JWT_SECRET: jwtSecret } = env
  if (!opsKey)
    throw new StartupError(`OPS_KEY is not set: the run creates a sale at ${baseUrl} and audits it as an operator`)
  const client = createClient({ baseUrl, opsKey })
  return { baseUrl, opsKey, jwtSecret, client, isGiven: true, stop: () => Promise.resolve() }
}

function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '')
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

/** Reads the keys of a deployment that this checkout runs from its .env. The environment has precedence. */
async function withDotEnv(env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const text = await readFile(new URL('../../.env', import.meta.url), 'utf8').catch(() => '')
  return { ...parseEnv(text), ...env }
}

/** Short, since the data are deleted. */
const stopWithinMs = 3_000

/** Webhooks that are on their way arrive within this time, and so do refunds. */
const moneyRestsWithinMs = 30_000

/** REDIS_URL and DATABASE_URL are ignored on purpose, since no storm may use stores with other data. */
async function startTarget({ env, runFolder, onProgress, signal }: OpenTargetOptions): Promise<Target> {
  const secrets = { JWT_SECRET: randomBytes(32).toString('hex'), OPS_KEY: randomBytes(32).toString('hex') }
  const payments = await startSimulatedPayments()
  try {
    const stack = await startStack({
      dataDir: runFolder.path,
      recordPid: runFolder.recordPid,
      env: {
        ...secrets,
        LOG_LEVEL: 'warn',
        RESERVE_STRATEGY: env['RESERVE_STRATEGY'],
        PAYMENT_PROVIDER: 'simulated',
        SIMULATED_PAYMENTS_URL: payments.url,
        SIMULATED_PAYMENTS_SECRET: payments.secret,
      },
      onProgress,
      onLine: (app, line) => onProgress(`${app}: ${line}`),
      stopWithinMs,
      signal,
    })
    const baseUrl = stack.api.url
    payments.tellTo(baseUrl)
    const client = createClient({ baseUrl, opsKey: secrets.OPS_KEY })
    return {
      baseUrl,
      opsKey: secrets.OPS_KEY,
      jwtSecret: secrets.JWT_SECRET,
      client,
      isGiven: false,
      judgeMoney: () =>
        askPatiently(
          () => judgePayments(payments.books, stack.databaseUrl),
          (found) => (found.length === 0 ? 'NEVER' : {}),
          { untilMs: moneyRestsWithinMs, signal },
        ),
      async stop() {
        await stack.stop()
        await payments.close()
      },
    }
  } catch (error) {
    await payments.close()
    throw error
  }
}
