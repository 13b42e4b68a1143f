import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startupFailureText } from './run-main.ts'
import { StartupError } from './startup-error.ts'

test('a port in use is named, with what to do', async () => {
  const first = createServer().listen(0, '127.0.0.1')
  await once(first, 'listening')
  const address = first.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const [error] = await once(createServer().listen(port, '127.0.0.1'), 'error')
  expect(startupFailureText(error)).toBe(
    `Could not start: 127.0.0.1:${port} is in use by another process; stop that one or set PORT to another port`,
  )
  first.close()
})

test('a store that does not listen is named', async () => {
  const error: unknown = await once(connect(9, '127.0.0.1'), 'connect').catch((reason: unknown) => reason)
  expect(startupFailureText(error)).toMatch(/^Could not start: nothing listens on 127\.0\.0\.1:9; /)
  expect(startupFailureText(new AggregateError([error]))).toMatch(/127\.0\.0\.1:9/)
})

test('an error that the reader can mend is shown as it is written', () => {
  expect(startupFailureText(new StartupError('PORT is missing\nHOST is missing'))).toBe(
    'PORT is missing\nHOST is missing',
  )
})

test('a file that cannot be written is named, and is no matter of a port', () => {
  const error = Object.assign(new Error("EACCES: permission denied, mkdir '/x'"), { code: 'EACCES', path: '/x' })
  expect(startupFailureText(error)).toMatch(/^Could not start: EACCES: permission denied, mkdir '\/x' /)
})

test('any other error is one line, and shows its place only where it was asked for', () => {
  const error = new Error('a bug\n  with details')
  expect(startupFailureText(error)).toBe('Could not start: a bug with details (LOG_LEVEL=debug shows where)')
  expect(startupFailureText(error, 'debug')).toContain('run-main.test.ts')
  expect(startupFailureText('thrown text')).toContain('thrown text')
})

test('a process that cannot start says so on stderr without a stack or a password, and ends with 1', () => {
  const code = `
    const { runMain } = await import(${JSON.stringify(new URL('run-main.ts', import.meta.url).href)})
    setInterval(() => {}, 1000)
    await runMain(async () => { throw new Error('no answer from redis://:hush@127.0.0.1') })`
  const ended = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', code], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    env: { ...process.env, LOG_LEVEL: 'info' },
    encoding: 'utf8',
  })
  expect(ended).toMatchObject({
    status: 1,
    stdout: '',
    stderr: 'Could not start: no answer from redis://:***@127.0.0.1 (LOG_LEVEL=debug shows where)\n',
  })
})
