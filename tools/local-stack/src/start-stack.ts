import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@flash-sale/contract/client'
import { migrate } from '@flash-sale/database/migrate'
import { StartupError } from '@flash-sale/runtime/startup-error'
import getPort from 'get-port'
import { startApp, type App, type StartAppOptions } from './apps/start-app.ts'
import { startServices, type Services, type StartServicesOptions } from './start-services.ts'

/** The parts of a stack, in the order in which they start. */
export type StackStep =
  | { readonly kind: 'services'; readonly services: Services }
  | { readonly kind: 'migrated'; readonly applied: readonly string[] }
  | { readonly kind: 'apps'; readonly api: App; readonly worker: App }

export interface StartStoresOptions extends StartServicesOptions {
  readonly onStep?: (step: StackStep) => void
}

export interface StackAppOptions {
  /** Settings of both apps, including JWT_SECRET and OPS_KEY. The addresses of the stores and of the apps are added. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** The port of the API if it is free. Default, and otherwise: any free port. */
  readonly apiPort?: number
  readonly onLine?: (app: 'api' | 'worker', line: string) => void
  readonly stopWithinMs?: number
  readonly signal?: AbortSignal | undefined
}

export interface Stack extends Services {
  readonly api: App
  readonly worker: App
}

type StoreUrls = Pick<Services, 'redisUrl' | 'databaseUrl'>

/** Starts Redis and a migrated Postgres. Stops both if one of them fails. */
export async function startStores(options: StartStoresOptions): Promise<Services> {
  const services = await startServices(options)
  options.onStep?.({ kind: 'services', services })
  try {
    const applied = await unlessAborted(migrate(services.databaseUrl), options.signal)
    options.onStep?.({ kind: 'migrated', applied })
    return services
  } catch (error) {
    await services.stop()
    throw error
  }
}

/** Starts everything that a sale needs: the stores, the API and the worker, each as a process. `stop` ends the started processes. */
export async function startStack(options: StartStoresOptions & StackAppOptions): Promise<Stack> {
  const services = await startStores(options)
  const apps = await Promise.allSettled([startApi(services, options), startWorker(services, options)])
  const stop = async () => {
    await Promise.all(apps.map(async (app) => app.status === 'fulfilled' && app.value.stop()))
    await services.stop()
  }
  const [api, worker] = apps
  if (api.status === 'fulfilled' && worker.status === 'fulfilled') {
    const fault = await findForeignStores(api.value)
    if (fault === undefined) {
      options.onStep?.({ kind: 'apps', api: api.value, worker: worker.value })
      return { ...services, api: api.value, worker: worker.value, stop }
    }
    await stop()
    throw new StartupError(fault)
  }
  await stop()
  throw api.status === 'rejected' ? api.reason : (worker as PromiseRejectedResult).reason
}

/** A Redis whose processes were killed a moment ago keeps its place for 3 s. In ms. */
const foreignForMs = 5_000

/** Why the stores do not belong together, as the API says it; undefined when they do. Such an API sells nothing. */
async function findForeignStores({ url }: App): Promise<string | undefined> {
  const client = createClient({ baseUrl: url })
  for (const deadlineMs = performance.now() + foreignForMs; ; await sleep(100)) {
    const ready = await client.ready()
    const fault = ready.ok ? undefined : ready.problem.detail
    const isForeign = fault?.includes('adopt-redis') === true
    if (!isForeign || performance.now() > deadlineMs) return isForeign ? fault : undefined
  }
}

/** The API on stores that run. */
export async function startApi(stores: StoreUrls, options: StackAppOptions): Promise<App> {
  const wanted = options.apiPort ?? 0
  const port = wanted !== 0 && (await getPort({ port: wanted, host: '127.0.0.1' })) === wanted ? wanted : 0
  try {
    return await startApp(appOptions('api', stores, options, port))
  } catch (error) {
    const isTaken = error instanceof Error && error.message.includes('in use by another process')
    if (port === 0 || !isTaken) throw error
    return startApp(appOptions('api', stores, options, 0))
  }
}

/** The worker on stores that run. */
export function startWorker(stores: StoreUrls, options: StackAppOptions): Promise<App> {
  return startApp(appOptions('worker', stores, options, 0))
}

function appOptions(
  name: 'api' | 'worker',
  stores: StoreUrls,
  { env, onLine, stopWithinMs, signal }: StackAppOptions,
  port: number,
): StartAppOptions {
  return {
    name,
    env: {
      ...env,
      HOST: '127.0.0.1',
      PORT: String(port),
      REDIS_URL: stores.redisUrl,
      DATABASE_URL: stores.databaseUrl,
    },
    ...(onLine && { onLine: (line: string) => onLine(name, line) }),
    ...(stopWithinMs !== undefined && { stopWithinMs }),
    signal,
  }
}

/** For work that cannot be interrupted: the caller stops waiting for it, and it fails when its store is gone. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
