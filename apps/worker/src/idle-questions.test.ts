import { silentLogger } from '@flash-sale/testing/open-stores'
import { eventually } from '@flash-sale/testing/eventually'
import { withBench } from '@flash-sale/testing/test-sale'
import type { Database } from '@flash-sale/database/connect'
import { expect, onTestFinished, test } from 'vitest'
import { startPayments } from './payments/start-payments.ts'
import { createUnpaidSweep } from './sweep-unpaid.ts'

const bench = withBench()

/** A database that notes each question of ours. */
function watched(): { database: Database; questions: string[] } {
  const questions: string[] = []
  const database = new Proxy(bench.stores.database, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        if (Array.isArray(args[0])) questions.push(args[0].join('?'))
        return value.apply(target, args) as unknown
      }
    },
  })
  return { database, questions }
}

test('a look for unpaid and returning orders is one question while there are none', async () => {
  const { database, questions } = watched()
  const { signal } = new AbortController()
  const sweep = createUnpaidSweep({ stores: { ...bench.stores, database }, logger: silentLogger, signal })
  await sweep.look()
  expect(questions).toHaveLength(1)
})

test('a look for payments and refunds is one question, which locks nothing, while none is due', async () => {
  const { database, questions } = watched()
  const { redis } = bench.stores
  const options = { redis, database, provider: undefined, logger: silentLogger, mayMend: () => true, lookEveryMs: 5 }
  const work = startPayments({ ...options, drain: () => Promise.resolve() })
  onTestFinished(() => work.close())
  await eventually(() => questions.length > 2, { what: 'some looks' })
  expect(new Set(questions).size).toBe(1)
  expect(questions[0]).not.toContain('FOR UPDATE')
})
