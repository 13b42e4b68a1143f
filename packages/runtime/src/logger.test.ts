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
