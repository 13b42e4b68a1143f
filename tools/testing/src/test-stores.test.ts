import { Redis } from 'ioredis'
import { Client } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { createTestDatabase } from './test-database.ts'
import { startTestRedis } from './test-redis.ts'

test('twenty test databases made at once are migrated copies that know nothing of each other', async () => {
  const databases = await Promise.all(Array.from({ length: 20 }, () => createTestDatabase()))
  onTestFinished(async () => void (await Promise.all(databases.map((database) => database.drop()))))
  const counts = await Promise.all(
    databases.map(async ({ url }) => {
      const client = new Client({ connectionString: url })
      await client.connect()
      await client.query('INSERT INTO audit_events (actor, action) VALUES ($1, $2)', ['test', 'try'])
      const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM audit_events')
      await client.end()
      return rows[0]?.count
    }),
  )
  expect(counts).toEqual(databases.map(() => '1'))
})

test('a dropped test database is gone, whoever was still connected', async () => {
  const database = await createTestDatabase()
  const client = new Client({ connectionString: database.url })
  client.on('error', () => undefined)
  await client.connect()
  await database.drop()
  await expect(client.query('SELECT 1')).rejects.toThrow()
  await expect(new Client({ connectionString: database.url }).connect()).rejects.toThrow('does not exist')
})

test('a test Redis that was killed comes back on its port with what it had acknowledged', async () => {
  const killed = await startTestRedis()
  const redis = new Redis(killed.url)
  onTestFinished(() => redis.disconnect())
  redis.on('error', () => undefined)
  await redis.set('unit', 'taken')
  killed.kill('SIGKILL')
  expect(await killed.exited).toEqual({ code: null, signal: 'SIGKILL' })
  const back = await startTestRedis({ port: killed.port, dataDir: killed.dataDir })
  onTestFinished(back.stop)
  expect(back.port).toBe(killed.port)
  expect(await redis.get('unit')).toBe('taken')
})
