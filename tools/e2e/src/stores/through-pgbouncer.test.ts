import { connectDatabase } from '@flash-sale/database/connect'
import { requireDatabase } from '@flash-sale/database/require-database'
import { migrate } from '@flash-sale/database/migrate'
import { findProgram } from '@flash-sale/testing/find-program'
import { storm } from '@flash-sale/kit/place-order'
import { slow, startService } from '@flash-sale/testing/start-service'
import { createTestDatabase } from '@flash-sale/testing/test-database'
import { startPgbouncer } from '@flash-sale/testing/start-pgbouncer'
import { Client } from 'pg'
import { expect, onTestFinished, test } from 'vitest'

// The package of this library is not named after its file.
const libraries = ['libc-ares2']
const pgbouncer = await findProgram({ name: 'pgbouncer', libraries, versionFlag: '--version', says: /PgBouncer/i })
const missing = 'why' in pgbouncer ? pgbouncer.why : undefined
if (missing !== undefined) console.warn(`The tests through pgbouncer are skipped: ${missing}`)
const testThrough = test.skipIf(missing !== undefined)

async function startBouncer(databaseUrl: string, settings: readonly string[] = []) {
  if ('why' in pgbouncer) throw new Error(pgbouncer.why)
  const bouncer = await startPgbouncer(pgbouncer, databaseUrl, settings)
  onTestFinished(bouncer.stop)
  return bouncer
}

testThrough('through a pgbouncer in transaction mode, a sale of two APIs and two workers is exact', slow, async () => {
  const service = await startService()
  const { url } = await startBouncer(service.stores.database.url)
  const through = { databaseUrl: url }
  const [first, second] = await Promise.all([service.startApi(through), service.startApi(through)])
  await Promise.all([service.startWorker(through), service.startWorker(through)])
  const sale = await service.openSale(first, { total: 200, purchaseLimit: 2 })
  await storm([sale.at(first), sale.at(second)], 600)
  expect(sale.history.filter(({ outcome }) => outcome === 'ACCEPTED').length).toBeGreaterThanOrEqual(200)
  const ops = service.ops(first)
  expect(await ops.restockItem(sale.itemId, { units: 50 })).toMatchObject({ ok: true })
  expect(await ops.rebuildItem(sale.itemId)).toMatchObject({ ok: true })
  await storm([sale.at(first), sale.at(second)], 100, { prefix: 'later' })
  await sale.becomesExact()
})

testThrough('migrate says that it cannot work through a pgbouncer', async () => {
  const service = await startService()
  const { url } = await startBouncer(service.stores.database.url)
  await expect(migrate(url)).rejects.toThrow(/unsupported startup parameter.*needs a connection to Postgres itself$/)
})

testThrough(
  'a statement that runs too long is ended, and its bound is not left behind on the connections that others share',
  async () => {
    const service = await startService()
    const { url } = await startBouncer(service.stores.database.url)
    const database = connectDatabase(url, { poolSizeMax: 2, statementTimeoutMs: 300, isPooled: true })
    onTestFinished(() => database.$disconnect())
    await expect(database.$queryRaw`SELECT pg_sleep(${20})`).rejects.toThrow(/statement timeout/)
    const other = new Client({ connectionString: url })
    await other.connect()
    const { rows } = await other.query("SELECT current_setting('statement_timeout') AS bound")
    expect(rows).toEqual([{ bound: '0' }])
    await other.end()
  },
)

testThrough(
  'through a pgbouncer that ignores start-up parameters, statements are bounded and in the schema of the URL',
  async () => {
    const testDatabase = await createTestDatabase()
    onTestFinished(testDatabase.drop)
    const admin = new Client({ connectionString: testDatabase.url })
    await admin.connect()
    await admin.query('ALTER SCHEMA public RENAME TO shop; CREATE SCHEMA public')
    await admin.end()
    const ignoring = 'ignore_startup_parameters = extra_float_digits,options,statement_timeout'
    const through = new URL((await startBouncer(testDatabase.url, [ignoring])).url)
    through.searchParams.set('schema', 'shop')

    const standing = await requireDatabase(through.href)
    const database = connectDatabase(through.href, { poolSizeMax: 2, statementTimeoutMs: 2_000, ...standing })
    onTestFinished(() => database.$disconnect())
    expect(await database.$queryRaw`SELECT current_schema() AS schema`).toEqual([{ schema: 'shop' }])
    await expect(database.$queryRaw`SELECT pg_sleep(${20})`).rejects.toThrow(/statement timeout/)
  },
)
