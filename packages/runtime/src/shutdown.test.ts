import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const moduleUrl = (name: string) => JSON.stringify(new URL(name, import.meta.url).href)

interface Ended {
  readonly code: number | null
  readonly lines: string[]
}

/**
 * Starts a process that closes as told and announces that it is ready; `whenAsked` is what it does at a message, `starting`
 * what it does first. `closing` resolves when it has said that it closes.
 */
async function start(
  options: { starting?: string; close?: string; timeoutMs?: number; sameSignalMs?: number; whenAsked?: string } = {},
) {
  const code = `
    const { closeOnSignal } = await import(${moduleUrl('./shutdown.ts')})
    const { announceReady } = await import(${moduleUrl('./announce-ready.ts')})
    const { createLogger } = await import(${moduleUrl('./logger.ts')})
    const logger = createLogger({ name: 'test', level: 'info' })
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
    setInterval(() => {}, 1000)
    ${options.starting ?? ''}
    closeOnSignal({
      logger,
      timeoutMs: ${options.timeoutMs ?? 5_000},
      sameSignalMs: ${options.sameSignalMs ?? 1_000},
      close: async () => { logger.info('close begins'); ${options.close ?? ''} },
    })
    process.on('message', () => { ${options.whenAsked ?? ''} })
    announceReady('http://127.0.0.1:1')`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', code], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const ended = endOf(child)
  const closing = once(child.stdout!, 'data')
  const [announced]: unknown[] = await once(child, 'message')
  return { child, ended, announced, closing }
}

async function endOf(child: ChildProcess): Promise<Ended> {
  // Not `close`: it does not come to one who has hung up the IPC channel.
  const [output, [code]] = await Promise.all([text(child.stdout ?? Readable.from([])), once(child, 'exit')])
  return { code, lines: output.trim().split('\n').map(messageOf) }
}

function messageOf(line: string): string {
  const { msg }: { msg: string } = JSON.parse(line)
  return msg
}

test.concurrent('a process tells the one that started it where it listens', async () => {
  const { child, ended, announced } = await start()
  expect(announced).toEqual({ ready: true, url: 'http://127.0.0.1:1' })
  child.kill('SIGTERM')
  await ended
})

test.concurrent('what still fails while a process starts and is told to stop is no failure of it', async () => {
  const code = `
    const { closeOnSignal } = await import(${moduleUrl('./shutdown.ts')})
    const { createLogger } = await import(${moduleUrl('./logger.ts')})
    const { runMain } = await import(${moduleUrl('./run-main.ts')})
    setInterval(() => {}, 1000)
    await runMain(async () => {
      let cut
      const store = new Promise((_, reject) => (cut = () => reject(new Error('Connection is closed.'))))
      const close = async () => { cut(); await new Promise((resolve) => setTimeout(resolve, 50)) }
      closeOnSignal({ logger: createLogger({ name: 'test', level: 'info' }), close })
      setTimeout(() => process.kill(process.pid, 'SIGTERM'), 10)
      await store
    })`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', code], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [complaint, ended] = await Promise.all([text(child.stderr), endOf(child)])
  expect(complaint).toBe('')
  expect(ended).toEqual({ code: 0, lines: ['closing: SIGTERM', 'closed'] })
})

test.concurrent.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s closes and ends with 0', async (signal) => {
  const { child, ended } = await start()
  child.kill(signal)
  expect(await ended).toEqual({ code: 0, lines: [`closing: ${signal}`, 'close begins', 'closed'] })
})

test.concurrent('one Ctrl-C that arrives several times closes once and gently', async () => {
  const { child, ended } = await start({ close: 'await sleep(300)' })
  child.kill('SIGINT')
  await sleep(50)
  child.kill('SIGINT')
  child.kill('SIGTERM')
  expect(await ended).toEqual({ code: 0, lines: ['closing: SIGINT', 'close begins', 'closed'] })
})

test.concurrent('a second signal, later, ends a process that is slow to close', async () => {
  const { child, ended, closing } = await start({ close: 'await sleep(60_000)', timeoutMs: 60_000, sameSignalMs: 100 })
  child.kill('SIGINT')
  await closing
  await sleep(300)
  child.kill('SIGINT')
  expect(await ended).toMatchObject({ code: 1 })
})

/** Closes a little after the terminal was closed. */
const untilHangUp = `await new Promise((resolve) => process.once('SIGHUP', resolve)); await sleep(100)`

test.concurrent('a terminal that is closed after Ctrl-C does not hurry a process that is slow to close', async () => {
  const { child, ended, closing } = await start({ close: untilHangUp, sameSignalMs: 100 })
  child.kill('SIGINT')
  await closing
  await sleep(300)
  child.kill('SIGHUP')
  expect(await ended).toEqual({ code: 0, lines: ['closing: SIGINT', 'close begins', 'closed'] })
})

test.concurrent('a process that cannot close in time ends anyway, with 1', async () => {
  const { child, ended } = await start({ close: 'await sleep(60_000)', timeoutMs: 200 })
  child.kill('SIGTERM')
  expect(await ended).toMatchObject({
    code: 1,
    lines: [...Array(2).fill(expect.any(String)), /not closed after 200 ms/],
  })
})

test.concurrent('a process that fails to close says so and ends with 1', async () => {
  const { child, ended } = await start({ close: 'throw new Error("stuck")' })
  child.kill('SIGTERM')
  expect(await ended).toEqual({ code: 1, lines: ['closing: SIGTERM', 'close begins', 'could not close'] })
})

test.concurrent('a process whose parent is gone closes', async () => {
  const { child, ended } = await start()
  child.disconnect()
  expect(await ended).toEqual({ code: 0, lines: ['closing: the parent process is gone', 'close begins', 'closed'] })
})

test.concurrent('a process whose parent was gone before it had started closes too', async () => {
  const starting = `process.send('starting'); await new Promise((resolve) => process.once('disconnect', resolve))`
  const { child, ended } = await start({ starting })
  child.disconnect()
  expect(await ended).toEqual({ code: 0, lines: ['closing: the parent process is gone', 'close begins', 'closed'] })
})

test.concurrent.each(['setImmediate(() => { throw new Error("a bug") })', 'void Promise.reject(new Error("a bug"))'])(
  'an error that nobody caught is one line, closes, and ends with 1: %s',
  async (whenAsked) => {
    const { child, ended } = await start({ whenAsked })
    child.send('now')
    expect(await ended).toEqual({ code: 1, lines: ['an error that nobody caught: closing', 'close begins', 'closed'] })
  },
)
