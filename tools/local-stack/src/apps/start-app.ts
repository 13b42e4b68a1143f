import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { startOwnProcess, type Exit, type OwnProcess } from '../machine/own-process.ts'
import { areAppsCompiled, nodeArgs, workspace } from './run-module.ts'

const ENTRIES = {
  api: { app: 'api', entry: 'server' },
  worker: { app: 'worker', entry: 'main' },
} as const

export type StartAppOptions = StartSettings &
  (
    | {
        readonly name: keyof typeof ENTRIES
        /** The module to run: a name in the app's src or dist, or the URL of one elsewhere. Default: the app's own. */
        readonly entry?: string | URL
      }
    | { readonly name: 'pages'; readonly entry: URL }
  )

interface StartSettings {
  /** The app's complete settings. Of our own environment only PATH and the like are passed on. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly onLine?: (line: string) => void
  readonly readyWithinMs?: number
  /** How long the app may finish its work when it is stopped. */
  readonly stopWithinMs?: number
  /** Stops starting: the app ends, and the promise rejects. */
  readonly signal?: AbortSignal | undefined
}

export interface App {
  /** The address from the app's ready message. */
  readonly url: string
  readonly pid: number
  readonly exited: Promise<Exit>
  readonly kill: (signal: NodeJS.Signals) => void
  readonly stop: () => Promise<void>
}

const PASSED_ON = [
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'TMP',
  'TEMP',
  'SystemRoot',
  'NODE_V8_COVERAGE',
]
const LAST_LINES_MAX = 20

/**
 * Starts the API, the worker or the server of the pages' sources as its own process and resolves when it says that it is
 * ready, with `process.send({ ready: true, url })`. The app ends by itself when its channel to this process closes, so it cannot outlive
 * this process. Rejects with the app's last lines if it ends before it is ready.
 */
export async function startApp(options: StartAppOptions): Promise<App> {
  const { name, env, readyWithinMs = 30_000, stopWithinMs = 15_000, signal } = options
  signal?.throwIfAborted()
  const running = await startOwnProcess({
    command: process.execPath,
    args: nodeArgs(moduleOf(options)),
    env: { ...Object.fromEntries(PASSED_ON.map((key) => [key, process.env[key]])), ...env },
    cwd: fileURLToPath(workspace),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    stopSignal: 'SIGTERM',
    stopWithinMs,
  })
  const lastLines: string[] = []
  const endOfOutput = readLines(running, (line) => {
    lastLines.push(line)
    if (lastLines.length > LAST_LINES_MAX) lastLines.shift()
    options.onLine?.(line)
  })
  const giveUp = () => void running.stop()
  signal?.addEventListener('abort', giveUp)
  if (signal?.aborted) giveUp()
  try {
    const url = await readyUrl(running, readyWithinMs)
    signal?.throwIfAborted()
    const { pid, exited, kill, stop } = running
    return { url, pid, exited, kill, stop }
  } catch (error) {
    await running.stop()
    await endOfOutput
    const why = error instanceof Error ? error.message : String(error)
    throw new Error([`The ${name} did not start: ${why}`, ...lastLines].join('\n'), { cause: error })
  } finally {
    signal?.removeEventListener('abort', giveUp)
  }
}

function moduleOf(module: StartAppOptions): URL {
  if (module.name === 'pages') return module.entry
  const { app, entry: ownEntry } = ENTRIES[module.name]
  const { entry = ownEntry } = module
  if (entry instanceof URL) return entry
  return new URL(`apps/${app}/${areAppsCompiled() ? `dist/${entry}.js` : `src/${entry}.ts`}`, workspace)
}

async function readLines({ child }: OwnProcess, onLine: (line: string) => void): Promise<void> {
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null)
  await Promise.all(
    streams.map(async (input) => {
      for await (const line of createInterface({ input })) onLine(line)
    }),
  )
}

function readyUrl({ child }: OwnProcess, readyWithinMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready in ${readyWithinMs} ms`)), readyWithinMs)
    child.on('message', (message) => {
      if (!isReady(message)) return
      clearTimeout(timer)
      resolve(message.url)
    })
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      reject(new Error(`it ended with ${signal ?? `exit code ${code}`}`))
    })
  })
}

function isReady(message: unknown): message is { ready: true; url: string } {
  return typeof message === 'object' && message !== null && 'ready' in message && 'url' in message
}
