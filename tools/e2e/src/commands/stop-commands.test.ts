import { chmod, mkdtemp, readFile } from 'node:fs/promises'
import path from 'node:path'
import { runCommand } from '@flash-sale/local-stack/machine/run-command'
import { compileApps } from '@flash-sale/testing/compiled-apps'
import { eventually } from '@flash-sale/testing/eventually'
import { provided } from '@flash-sale/testing/provided'
import { testEnv } from '@flash-sale/testing/start-test-process'
import { startTestStores, type TestStores } from '@flash-sale/testing/start-test-stores'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startCommand, type StartedCommand } from '@flash-sale/demo/started-demo.fixture'
import getPort from 'get-port'

const slow = { timeout: 180_000 }
const goneWithinMs = 20_000
/** Runs a command on a terminal of its own, which is gone when this program is killed. */
const onTerminal = (command: string) => ['script', '-qefc', command, '/dev/null']
const hasScript = (await runCommand('script', ['--version'], { timeoutMs: 5_000 })).ok
if (!hasScript) console.warn('No tests of a closed terminal: there is no `script` here')

let stores: TestStores

beforeAll(async () => {
  stores = await startTestStores()
  await compileApps()
}, 200_000)
afterAll(() => stores?.stop())

/** Starts the API or the worker with a command, and resolves when it answers. */
async function startService(command: readonly string[]): Promise<StartedCommand & { readonly url: string }> {
  const port = await getPort({ host: '127.0.0.1' })
  const url = `http://127.0.0.1:${port}/health/live`
  const started = await startCommand(command, { ...testEnv(stores), PORT: String(port) })
  await eventually(async () => (await fetch(url)).ok, {
    what: `an answer at ${url}`,
    timeoutMs: 60_000,
    intervalMs: 100,
  })
  return { ...started, url }
}

async function expectNothingLeft({ leftBehind }: StartedCommand): Promise<void> {
  await eventually(async () => expect(await leftBehind()).toEqual([]), {
    what: 'everything that was started to be gone',
    timeoutMs: goneWithinMs,
    intervalMs: 200,
  })
}

describe.each(['api', 'worker'])('the %s, started as a service manager does it', (name) => {
  const command = ['node', '-C', 'dist', 'scripts/start.mjs', name]

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'ends with 0 at %s and leaves nothing behind',
    slow,
    async (signal) => {
      const service = await startService(command)
      service.signal(signal)
      expect(await service.exitCode, service.output()).toBe(0)
      expect(await service.leftBehind()).toEqual([])
      await expect(fetch(service.url)).rejects.toThrow('fetch failed')
    },
  )

  test('ends with 0 at a SIGTERM that comes while its modules are still being loaded', slow, async () => {
    const isLoading = `process.env.NODE_ENV === 'production'`
    const signal = `process.kill(process.pid, 'SIGTERM')`
    const watching = `const look = () => (${isLoading} ? ${signal} : setImmediate(look)); look()`
    const preload = ['--import', `data:text/javascript,${encodeURIComponent(watching)}`]
    const [node, ...args] = command
    const service = await startCommand(['env', '-u', 'NODE_ENV', node!, ...preload, ...args], testEnv(stores))
    expect(await service.exitCode, service.output()).toBe(0)
    expect(await service.leftBehind()).toEqual([])
  })
  test.runIf(hasScript)('ends with 0 when its terminal is closed', slow, async () => {
    const folder = await mkdtemp(path.join(provided('runFolder'), 'exit-code-'))
    const file = path.join(folder, 'code')
    const service = await startService(onTerminal(`trap : HUP; ${command.join(' ')}; echo $? > ${file}`))
    service.signal('SIGKILL')
    await expectNothingLeft(service)
    expect(await readFile(file, 'utf8')).toBe('0\n')
  })
})

test.each([
  ['start:api', 'SIGTERM'],
  ['start:api', 'SIGKILL'],
  ['start:worker', 'SIGTERM'],
] as const)('the process of `npx pnpm %s` ends when npx is ended by %s', slow, async (script, signal) => {
  const service = await startService(['npx', 'pnpm', script])
  service.signal(signal)
  await expectNothingLeft(service)
})

describe('a demo, with its stores, API and worker,', () => {
  const demo = ['npx', 'pnpm', 'demo', '--units', '5000', '--buyers', '500000']

  test.each(['SIGTERM', 'SIGKILL'] as const)('ends when npx in front of it is ended by %s', slow, async (signal) => {
    const started = await startCommand(demo)
    await started.printed('buyers answered')
    started.signal(signal)
    await expectNothingLeft(started)
  })

  test.runIf(hasScript)('ends when its terminal is closed', slow, async () => {
    const started = await startCommand(onTerminal(demo.join(' ')), { NO_COLOR: '1' })
    await started.printed('✔ Worker')
    started.signal('SIGKILL')
    await expectNothingLeft(started)
  })
})

test(
  'everything of `pnpm dev`, with the server of its pages, ends when npx in front of it is ended',
  slow,
  async () => {
    const folder = await mkdtemp(path.join(provided('runFolder'), 'dev-'))
    // As root, Postgres runs as another user, who must be able to enter it.
    await chmod(folder, 0o755)
    const dev = ['node', '--import', 'tsx', 'tools/e2e/src/commands/dev-in-folder.fixture.ts', folder]
    const started = await startCommand(['npx', 'pnpm', 'exec', ...dev])
    await started.printed('Ctrl-C stops everything')
    started.signal('SIGTERM')
    await expectNothingLeft(started)
  },
)
