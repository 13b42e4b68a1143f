import { Client } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '@flash-sale/testing/eventually'
import { slow, startService } from '@flash-sale/testing/start-service'
import { startTestProcess } from '@flash-sale/testing/start-test-process'

const secret = 'hush-4711]"\\'

function withPassword(url: string, user: string): string {
  const changed = new URL(url)
  changed.username = user
  changed.password = encodeURIComponent(secret)
  return changed.href
}

/** A password as any text of a log may show it. */
const shown = /hush|4711/

test('while both stores refuse the password, no log line at any level shows it', slow, async () => {
  const service = await startService()
  const { redis, stores } = service
  const lines: string[] = []
  const onLine = (line: string) => void lines.push(line)
  const admin = new Client({ connectionString: stores.database.url })
  await admin.connect()
  const user = `user_${admin.database}`
  await admin.query(`CREATE ROLE ${user} LOGIN SUPERUSER PASSWORD ${admin.escapeLiteral(secret)}`)
  onTestFinished(async () => {
    await admin.query(`DROP ROLE ${user}`)
    await admin.end()
  })
  await redis.call('ACL', 'SETUSER', 'seller', 'on', `>${secret}`, '~*', '&*', '+@all')
  const between = {
    redisUrl: withPassword(stores.redis.url, 'seller'),
    databaseUrl: withPassword(stores.database.url, user),
    env: { LOG_LEVEL: 'trace' },
    onLine,
  }
  const api = await service.startApi(between)
  await service.startWorker(between)
  const sale = await service.openSale(api, { total: 10, purchaseLimit: 1 })

  await redis.call('ACL', 'SETUSER', 'seller', 'resetpass', '>other')
  await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
  await admin.query(`ALTER ROLE ${user} PASSWORD 'other'`)
  await admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${user}'`)
  await sale.at(api)({ buyer: 'ann', key: 'k', quantity: 1 })
  await eventually(() => lines.some((line) => line.includes('WRONGPASS')), { what: 'the refusal to be logged' })
  await eventually(() => lines.some((line) => /authentication failed|Authentication/.test(line)), {
    what: 'the refusal of Postgres to be logged',
    timeoutMs: 20_000,
  })
  expect(lines.filter((line) => shown.test(line))).toEqual([])
})

test('a start that a store refuses shows no password, at LOG_LEVEL=debug either', slow, async () => {
  const service = await startService()
  const wrong = [
    { REDIS_URL: withPassword(service.stores.redis.url, 'nobody') },
    { DATABASE_URL: withPassword(service.stores.database.url, 'nobody') },
    { DATABASE_URL: `postgresql://me:${secret.slice(0, 9)}/@host/db` },
  ]
  for (const env of wrong) {
    const started = startTestProcess('api', service.stores, { env: { ...env, LOG_LEVEL: 'debug' } })
    const error: unknown = await started.catch((reason: unknown) => reason)
    expect(String(error)).toMatch(/exit code 1/)
    expect(String(error)).not.toMatch(shown)
  }
})
