import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createLogger } from './logger.ts'

function loggedBy(write: (logger: ReturnType<typeof createLogger>) => void): string {
  let text = ''
  write(createLogger({ name: 'api', level: 'info', destination: { write: (line) => (text += line) } }))
  return text
}

test('a line is one JSON object that names the process', () => {
  expect(JSON.parse(loggedBy((logger) => logger.info('hello')))).toMatchObject({ name: 'api', msg: 'hello', level: 30 })
})

test('below its level it writes nothing', () => {
  expect(loggedBy((logger) => logger.debug('hello'))).toBe('')
})

test.each([
  { authorization: 'hush' },
  { req: { headers: { authorization: 'hush' } } },
  { headers: { authorization: 'hush' } },
  { token: 'hush' },
  { env: { JWT_SECRET: 'hush', OPS_KEY: 'hush' } },
  { url: 'redis://:hush@127.0.0.1:6379' },
  { err: new Error('cannot reach postgresql://me:hush@db:5432/sale?ssl=1') },
  { header: 'Bearer hush.hush-hush' },
])('no secret is written: %j', (fields) => {
  const line = loggedBy((logger) => logger.child({ reqId: 1 }).info(fields, 'at http://127.0.0.1:3000/a@b'))
  expect(line).not.toContain('hush')
  expect(line).toContain('***')
  expect(JSON.parse(line)).toMatchObject({ msg: 'at http://127.0.0.1:3000/a@b', reqId: 1 })
})

test.runIf(existsSync('/dev/full'))('a full disk below its log does not end a process', async () => {
  const code = `
    const { createLogger } = await import(${JSON.stringify(new URL('./logger.ts', import.meta.url).href)})
    const logger = createLogger({ name: 'test', level: 'info' })
    logger.info('lost')
    logger.info({ more: 'x'.repeat(200_000) }, 'lost too')
    console.error('at work')`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', code], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
  })
  let complaints = ''
  child.stderr?.on('data', (piece: Buffer) => (complaints += piece.toString()))
  expect(await once(child, 'close')).toEqual([0, null])
  expect(complaints).toBe('at work\n')
})
