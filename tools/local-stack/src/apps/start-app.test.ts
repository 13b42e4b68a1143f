import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import { commandLineOf } from '../machine/process-facts.ts'
import { startApp } from './start-app.ts'

/** The entry of an app that is no more than this source. */
async function entryOf(source: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'start-app-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await writeFile(path.join(folder, 'main.ts'), source)
  const sources = fileURLToPath(new URL('../../../../apps/api/src', import.meta.url))
  return path.relative(sources, path.join(folder, 'main'))
}

test('it resolves when the app says that it is ready, having passed on its settings and nothing foreign', async () => {
  vi.stubEnv('REDIS_URL', 'redis://foreign')
  onTestFinished(() => void vi.unstubAllEnvs())
  const entry = await entryOf(`
    console.log(JSON.stringify([process.env.PORT, process.env.REDIS_URL ?? null]))
    const working = setInterval(() => undefined, 1_000)
    process.on('SIGTERM', () => { console.log('stopping'); clearInterval(working) })
    process.send!({ ready: true, url: 'http://127.0.0.1:1' })`)
  const lines: string[] = []
  const app = await startApp({ name: 'api', entry, env: { PORT: '0' }, onLine: (line) => lines.push(line) })
  expect(app.url).toBe('http://127.0.0.1:1')
  await app.stop()
  expect(await app.exited).toEqual({ code: 0, signal: null })
  await vi.waitFor(() => expect(lines).toEqual(['["0",null]', 'stopping']), { timeout: 20_000 })
})

test('an app that ends before it is ready is reported with its last lines', async () => {
  const entry = await entryOf(`console.error('JWT_SECRET is not set'); process.exitCode = 1`)
  await expect(startApp({ name: 'api', entry, env: {} })).rejects.toThrow(
    'The api did not start: it ended with exit code 1\nJWT_SECRET is not set',
  )
})

test('an app that is never ready is ended', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const entry = await entryOf(`console.log(process.pid); process.on('disconnect', () => process.exit())`)
  let onLine!: (line: string) => void
  const printed = new Promise<string>((resolve) => (onLine = resolve))
  const start = startApp({ name: 'worker', entry, env: {}, onLine, readyWithinMs: 10_000 })
  const refused = expect(start).rejects.toThrow('The worker did not start: not ready in 10000 ms')
  const pid = Number(await printed)
  vi.advanceTimersByTime(10_000)
  await refused
  expect(await commandLineOf(pid)).toBeUndefined()
})
