import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, type Client } from '@flash-sale/contract/client'
import type { App } from '@flash-sale/local-stack/apps/start-app'
import { startSimulatedPayments, type SimulatedPayments } from '@flash-sale/simulated-payments/start-simulated-payments'
import type { FaultProxy } from '@flash-sale/testing/fault-proxy'
import { startService, type Service } from '@flash-sale/testing/start-service'
import { buyerToken, testOpsKey } from '@flash-sale/testing/test-tokens'
import getPort from 'get-port'
import { onTestFinished } from 'vitest'

/** A process that is killed at a step of its work and started again. */
export interface Doomed {
  readonly role: 'api' | 'worker'
  /** The address of an API, the same after each start. */
  readonly url: string
  readonly proxyOf: (store: 'redis' | 'postgres') => FaultProxy
  /** Kills it with SIGKILL, and what it has under way to its stores with it. */
  readonly kill: () => Promise<void>
  readonly start: () => Promise<void>
}

/** Two APIs, two workers, their stores and a payment provider, of one test. */
export interface LifeTown {
  readonly service: Service
  readonly payments: SimulatedPayments
  readonly apis: readonly Doomed[]
  readonly workers: readonly Doomed[]
  /** A client at any API. Each call of it may go unanswered. */
  readonly buyer: (name: string) => Client
  readonly operator: () => Client
}

const answerWithinMs = 5_000
/** Webhooks reach each API in turn. */
const tellOtherEveryMs = 300

export async function openLifeTown(random: () => number): Promise<LifeTown> {
  const [service, payments] = await Promise.all([startService(), startSimulatedPayments()])
  onTestFinished(() => payments.close())
  const env = {
    PAYMENT_PROVIDER: 'simulated',
    SIMULATED_PAYMENTS_URL: payments.url,
    SIMULATED_PAYMENTS_SECRET: payments.secret,
  }
  const make = (role: Doomed['role']) => startDoomed(service, role, env)
  const [apis, workers] = await Promise.all([
    Promise.all([make('api'), make('api')]),
    Promise.all([make('worker'), make('worker')]),
  ])
  const closing = new AbortController()
  onTestFinished(() => closing.abort())
  const anyUrl = () => apis[Math.floor(random() * apis.length)]!.url
  payments.tellTo(anyUrl())
  void (async () => {
    while (!closing.signal.aborted) {
      await sleep(tellOtherEveryMs)
      payments.tellTo(anyUrl())
    }
  })()
  return {
    service,
    payments,
    apis,
    workers,
    buyer: (name) => createClient({ baseUrl: anyUrl(), token: buyerToken(name), timeoutMs: answerWithinMs }),
    operator: () => createClient({ baseUrl: anyUrl(), opsKey: testOpsKey, timeoutMs: answerWithinMs }),
  }
}

async function startDoomed(
  service: Service,
  role: Doomed['role'],
  env: Readonly<Record<string, string>>,
): Promise<Doomed> {
  const port = role === 'api' ? await getPort({ host: '127.0.0.1' }) : 0
  let app: App | undefined
  let proxies: { readonly redis: FaultProxy; readonly postgres: FaultProxy } | undefined
  const start = async () => {
    // New proxies: what was to be held of the former process is of no concern to this one.
    const [redis, postgres] = await Promise.all([service.redisProxy(), service.postgresProxy()])
    proxies = { redis, postgres }
    const between = { ...proxies, env: { ...env, PORT: String(port) } }
    app = await (role === 'api' ? service.startApi(between) : service.startWorker(between))
  }
  await start()
  return {
    role,
    url: `http://127.0.0.1:${port}`,
    proxyOf: (store) => proxies![store],
    async kill() {
      app!.kill('SIGKILL')
      await app!.exited
      for (const proxy of [proxies!.redis, proxies!.postgres]) proxy.cut()
    },
    start,
  }
}
