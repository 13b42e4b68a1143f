import { createTestDatabase } from '@flash-sale/testing/test-database'
import { expect, onTestFinished, test } from 'vitest'
import { connectDatabase } from './connect.ts'
import { requireDatabase } from './require-database.ts'

async function refusalOf(change: (url: URL) => void): Promise<string> {
  const { url, drop } = await createTestDatabase()
  onTestFinished(drop)
  const changed = new URL(url)
  change(changed)
  const database = connectDatabase(changed.href, { poolSizeMax: 1, statementTimeoutMs: 1_000 })
  onTestFinished(() => database.$disconnect())
  const error: unknown = await requireDatabase(database).catch((cause: unknown) => cause)
  return error instanceof Error ? error.message : 'none'
}

test('who may not sign in is told to correct the address, and not to start what runs', async () => {
  const text = await refusalOf((url) => void (url.password = 'wrong'))
  expect(text).toMatch(/^Postgres cannot be used: .+; correct DATABASE_URL$/)
})

test('where the database is not there, it is said what creates it', async () => {
  const text = await refusalOf((url) => void (url.pathname = '/nowhere'))
  expect(text).toMatch(/^Postgres cannot be used: .+; correct DATABASE_URL, or run `pnpm migrate`, which creates it$/)
})
