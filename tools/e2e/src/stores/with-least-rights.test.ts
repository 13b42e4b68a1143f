import { readFile } from 'node:fs/promises'
import type { Redis } from 'ioredis'
import { Client } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { requireSafeRedis } from '@flash-sale/runtime/acknowledgement-level'
import { connectRedis, whenReady } from '@flash-sale/runtime/redis'
import { connectTestRedis } from '@flash-sale/testing/connect-test-redis'
import { silentLogger } from '@flash-sale/testing/open-stores'
import { storm } from '@flash-sale/kit/place-order'
import { slow, startService, type Service } from '@flash-sale/testing/start-service'

/** A block of docs/operate.md that begins with this text, as its lines are. */
async function docsBlock(beginning: string): Promise<string> {
  const page = await readFile(new URL('../../../../docs/operate.md', import.meta.url), 'utf8')
  const block = page.split('```').find((text) => text.replace(/^\w*\n/, '').startsWith(beginning))
  if (!block) throw new Error(`docs/operate.md has no block that begins with ${beginning}`)
  return block.replace(/^\w*\n/, '').trim()
}

/** The user of docs/operate.md, as `redis-cli` would make it. */
async function makeRedisUser(redis: Redis, changes: readonly string[] = []): Promise<void> {
  const [, , name = '', ...rules] = (await docsBlock('ACL SETUSER')).replaceAll('\\\n', ' ').split(/\s+/)
  await redis.call('ACL', 'SETUSER', name, 'reset', ...rules, ...changes)
}

function as(user: string, password: string, url: string): string {
  const changed = new URL(url)
  changed.username = user
  changed.password = password
  return changed.href
}

async function makePostgresUser({ stores }: Service): Promise<string> {
  const name = `user_${new URL(stores.database.url).pathname.slice(1)}`
  const admin = new Client({ connectionString: stores.database.url })
  await admin.connect()
  await admin.query('REVOKE ALL ON SCHEMA public FROM PUBLIC')
  const sql = (await docsBlock('CREATE ROLE')).replaceAll('flash_sale_app', name)
  await admin.query(sql)
  onTestFinished(async () => {
    await admin.query(`DROP OWNED BY ${name}; DROP ROLE ${name}`)
    await admin.end()
  })
  return as(name, 'PASSWORD', stores.database.url)
}

test('with just the rights that docs/operate.md lists, a whole sale works and is exact', slow, async () => {
  const service = await startService()
  await makeRedisUser(service.redis)
  const databaseUrl = await makePostgresUser(service)
  const redisUrl = as('flash-sale', 'PASSWORD', service.stores.redis.url)
  const api = await service.startApi({ redisUrl, databaseUrl })
  await service.startWorker({ redisUrl, databaseUrl })
  const sale = await service.openSale(api, { total: 50, purchaseLimit: 2 })
  await storm([sale.at(api)], 100)
  const ops = service.ops(api)
  expect(await ops.restockItem(sale.itemId, { units: 10 })).toMatchObject({ ok: true })
  expect(await ops.rebuildItem(sale.itemId)).toMatchObject({ ok: true })
  expect(await ops.pauseSale(sale.saleId)).toMatchObject({ ok: true })
  expect(await ops.resumeSale(sale.saleId)).toMatchObject({ ok: true })
  await storm([sale.at(api)], 30, { prefix: 'later' })
  expect(await ops.auditItem(sale.itemId)).toMatchObject({ ok: true })
  expect(await ops.listFailedJobs()).toMatchObject({ ok: true })
  await sale.becomesExact()
  // What was refused to this user, if anything.
  expect(await service.redis.call('ACL', 'LOG')).toEqual([])
})

test.each([
  ['-info', /cannot be used: this user has no permissions to run the 'info' command; .*docs\/operate\.md/],
  ['-eval', /The user of REDIS_URL lacks the right to run EVAL; docs\/operate\.md/],
  ['-config|get', /^This Redis is not safe to sell from: it does not show its settings \(CONFIG GET\)/],
  ['-xadd', /The user of REDIS_URL lacks the right to run XADD \{item:0\}:outbox; docs\/operate\.md/],
  ['-bzpopmin', /lacks the right to run BZPOPMIN \{flash-sale\}:orders:marker; docs\/operate\.md/],
  ['resetkeys', /lacks the right to run HSET \{item:0\}:ledger; docs\/operate\.md/],
  ['resetchannels', /lacks the right to run PUBLISH \{item:0\}:released; docs\/operate\.md/],
  ['nopass', /^safe$/],
])('a user of Redis with the change "%s" is told in one line what it lacks', async (change, line) => {
  const { server, redis: admin, close } = await connectTestRedis()
  onTestFinished(close)
  await makeRedisUser(admin, [change])
  const redis = connectRedis({ url: as('flash-sale', 'PASSWORD', server.url), role: 'scripts', logger: silentLogger })
  onTestFinished(() => redis.disconnect())
  const outcome = await whenReady(redis, 5_000)
    .then(() => requireSafeRedis(redis, { allowUnsafe: false, logger: silentLogger }))
    .then(
      () => 'safe',
      (error: Error) => error.message,
    )
  expect(outcome).toMatch(line)
  expect(outcome).not.toContain('PASSWORD')
})
