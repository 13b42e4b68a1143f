import { expect, test } from 'vitest'
import { createFormat } from '../../language/format.ts'
import { levelOf, type Cause } from './verdict.ts'
import { tell, verdictWords } from './verdict-words.ts'

const read = (language: 'en' | 'zh', cause: Cause) => {
  const { title, effect, next } = tell(cause, verdictWords[language], createFormat(language, 'UTC'))
  const { glue } = verdictWords[language]
  return [title, glue.effect, effect, glue.next, next].join('').replaceAll('\u00a0', ' ')
}

test('the bar says what is wrong, what follows from it, and what to do', () => {
  const noWorker: Cause = { name: 'NO_WORKER', forMs: 40_200, waitingUnits: 562 }
  expect(read('en', noWorker)).toBe('No worker for 40 s: 562 units wait to be saved, and none is lost. Start a worker.')
  expect(read('zh', noWorker)).toBe('没有 Worker 在运行，已持续 40 秒：562 件待落库，不会丢失。请启动一个 Worker。')
  expect(read('en', { name: 'REDIS_SILENT', forMs: 8_000 })).toBe(
    'Redis does not answer for 8 s: orders are refused, and buyers are asked to try again. Check the Redis server. Sales go on by themselves once it answers.',
  )
  expect(read('en', { name: 'POSTGRES_SILENT', forMs: 61_000, waitingUnits: 1 })).toBe(
    'Postgres does not answer for 1 min 1 s: orders are still accepted. 1 unit waits to be saved, and none is lost. Check the Postgres server. Saving goes on by itself once it answers.',
  )
  const lost: Cause = { name: 'NO_CONNECTION', frameAt: '2026-11-22T10:00:00.000Z', ageMs: 4_000, retryInMs: 2_000 }
  expect(read('en', lost)).toBe(
    'The connection to the service is lost for 4 s: the numbers are from 10:00:00. Next try in 2 s. If it lasts, start an API process.',
  )
})

test('failed jobs whose orders were saved by others are not said to wait', () => {
  const jobs = { name: 'FAILED_JOBS', count: 59 } as const
  expect(read('en', { ...jobs, mayWait: true })).toContain('wait to be saved. Look at the queue.')
  expect(read('en', { ...jobs, mayWait: false })).toBe(
    '59 jobs have failed – nothing is lost, and no order waits for long now. Retry them in the queue.',
  )
  expect(read('zh', { ...jobs, mayWait: false })).not.toContain('等待落库。请查看')
})

test('several names are told by the first and the number of the others', () => {
  const cause: Cause = { name: 'NOT_BALANCED', names: ['Lamp', 'Cup', 'Hat'], oversold: 3, undersold: 0 }
  expect(read('en', cause)).toContain('for “Lamp” and 2 more: 3 units oversold, 0 stranded.')
  expect(read('zh', cause)).toContain('“Lamp”等 3 种商品：超卖 3 件，滞留 0 件。')
})

test('what hurts buyers or orders is bad, and what somebody should look at is a caution', () => {
  expect(levelOf({ name: 'NO_WORKER', forMs: 1, waitingUnits: 0 })).toBe('bad')
  expect(levelOf({ name: 'NO_LEDGER', names: ['Lamp'], isBeingMade: false })).toBe('bad')
  expect(levelOf({ name: 'NO_LEDGER', names: ['Lamp'], isBeingMade: true })).toBe('caution')
  expect(levelOf({ name: 'FAILED_JOBS', count: 1, mayWait: true })).toBe('caution')
})
