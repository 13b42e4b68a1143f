import { startApp, type App } from '@flash-sale/local-stack/apps/start-app'
import { startFaultProxy, type FaultProxy } from '@flash-sale/testing/fault-proxy'

/** One API or worker: its place stays, whatever becomes of the process in it. Each reaches the stores through proxies of its own. */
export interface TownProcess {
  readonly name: string
  readonly kind: 'api' | 'worker'
  readonly redis: FaultProxy
  readonly postgres: FaultProxy
  /** Where the process that was started last listens. */
  readonly url: () => string
  readonly isRunning: () => boolean
  readonly start: (env?: Readonly<Record<string, string>>) => Promise<void>
  /** Resolves with the exit code when the process is gone; null: it was killed. */
  readonly end: (signal: 'SIGKILL' | 'SIGTERM') => Promise<number | null>
  readonly signal: (signal: NodeJS.Signals) => void
  readonly pause: () => void
  readonly resume: () => void
}

export interface TownProcessOptions {
  readonly name: string
  readonly kind: 'api' | 'worker'
  readonly redisUrl: string
  readonly databaseUrl: string
  readonly env: Readonly<Record<string, string>>
  readonly onLine: (line: string) => void
  /** Told when the process ended and nobody had asked it to. */
  readonly onOwnEnd: (how: string) => void
}

export async function makeTownProcess(options: TownProcessOptions): Promise<TownProcess> {
  const { name, kind, env, onLine, onOwnEnd } = options
  const [redis, postgres] = await Promise.all([proxyTo(options.redisUrl), proxyTo(options.databaseUrl)])
  const stores = {
    REDIS_URL: through(options.redisUrl, redis),
    DATABASE_URL: through(options.databaseUrl, postgres),
  }
  let app: App | undefined
  let url = ''
  return {
    name,
    kind,
    redis,
    postgres,
    url: () => url,
    isRunning: () => app !== undefined,
    async start(more = {}) {
      const started = await startApp({ name: kind, env: { ...env, ...stores, ...more }, onLine })
      app = started
      url = started.url
      void started.exited.then(({ code, signal }) => {
        if (app !== started) return
        app = undefined
        onOwnEnd(`${name} ended by itself with ${signal ?? `exit code ${code}`}`)
      })
    },
    async end(signal) {
      const ending = app
      app = undefined
      ending?.kill(signal)
      return (await ending?.exited)?.code ?? null
    },
    signal: (signal) => app?.kill(signal),
    pause: () => app?.kill('SIGSTOP'),
    resume: () => app?.kill('SIGCONT'),
  }
}

function proxyTo(url: string): Promise<FaultProxy> {
  return startFaultProxy(Number(new URL(url).port))
}

function through(url: string, { port }: FaultProxy): string {
  const changed = new URL(url)
  changed.host = `127.0.0.1:${port}`
  return changed.href
}
