import { createTestDatabase } from '@flash-sale/testing/test-database'
import { Client } from 'pg'
import { beforeEach, expect, test } from 'vitest'
import { ownPrismaFolder, readMigrationFiles } from './migration-files.ts'
import { migrate } from './migrate.ts'
import { requireDatabase } from './require-database.ts'

let url: string
let admin: Client

beforeEach(async () => {
  const database = await createTestDatabase()
  url = database.url
  admin = new Client({ connectionString: url })
  await admin.connect()
  return async () => {
    await admin.end()
    await database.drop()
  }
})

async function refusalOf(change: (url: URL) => void = () => undefined): Promise<string> {
  const changed = new URL(url)
  change(changed)
  const error: unknown = await requireDatabase(changed.href).then(
    () => 'none',
    (cause: unknown) => cause,
  )
  return error instanceof Error ? error.message : String(error)
}

test('a user that may not sign in is told to correct the address, and not to start what runs', async () => {
  const text = await refusalOf((changed) => void (changed.password = 'wrong'))
  expect(text).toMatch(/^Postgres cannot be used: .+; correct the user or the password in DATABASE_URL$/)
  expect(text).not.toContain('wrong')
  expect(await refusalOf((changed) => void (changed.password = ''))).toMatch(/DATABASE_URL has no password/)
})

test('where the database is not there, the text says what creates it', async () => {
  const text = await refusalOf((changed) => void (changed.pathname = '/nowhere'))
  expect(text).toMatch(/^Postgres cannot be used: .+; correct DATABASE_URL, or run `pnpm migrate`, which creates it$/)
  expect(await refusalOf((changed) => changed.searchParams.set('schema', 'shop'))).toBe(
    'There is no schema "shop" yet; run `pnpm migrate` on the database',
  )
})

test('a database with a migration that is newer, changed, unfinished or missing is refused by the name of the migration', async () => {
  expect(await refusalOf()).toBe('none')
  const last = (await readMigrationFiles(ownPrismaFolder)).at(-1)!.name
  await admin.query(`UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = $1`, [last])
  expect(await refusalOf()).toMatch(`The database has migration ${last} unfinished: `)
  await admin.query(`UPDATE _prisma_migrations SET finished_at = now(), checksum = 'other' WHERE migration_name = $1`, [
    last,
  ])
  expect(await refusalOf()).toMatch(`The database has another migration ${last} than this version: `)
  await admin.query(`UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = $1`, [last])
  expect(await refusalOf()).toBe(`The database is not up to date (${last}); run \`pnpm migrate\` on it`)
  await admin.query(
    `UPDATE _prisma_migrations SET rolled_back_at = NULL, migration_name = '29990101000000_later' WHERE migration_name = $1`,
    [last],
  )
  expect(await refusalOf()).toMatch('The database has migration 29990101000000_later, which this version does not know')
})

const other = (name: string) =>
  `The database has another function ${name}() than this version; run \`pnpm migrate\` of this version on it`

test('a database whose functions are not those of this version is refused by the name of the function', async () => {
  await admin.query(`UPDATE sql_functions SET sha256 = 'other' WHERE name = 'persist_orders'`)
  expect(await refusalOf()).toBe(other('persist_orders'))
  await migrate(url)
  expect(await refusalOf()).toBe('none')
  await admin.query(`INSERT INTO sql_functions (name, sha256) VALUES ('gone', 'any')`)
  expect(await refusalOf()).toBe(other('gone'))
  await admin.query('DROP TABLE sql_functions')
  expect(await refusalOf()).toMatch(/^The database has another function \w+\(\) than this version; run /)
})

test('a database that takes no writes is refused', async () => {
  await admin.query(`ALTER DATABASE ${admin.database} SET default_transaction_read_only = on`)
  expect(await refusalOf()).toMatch(/^Postgres is read-only \(default_transaction_read_only is on\)/)
})

test('a user with the rights that docs/operate.md lists will do, and one that lacks a right is told which', async () => {
  const user = `user_${admin.database}`
  const signIn = (changed: URL) => {
    changed.username = user
    changed.password = 'sesame'
  }
  await admin.query(`CREATE ROLE ${user} LOGIN PASSWORD 'sesame'; REVOKE ALL ON SCHEMA public FROM PUBLIC`)
  try {
    expect(await refusalOf(signIn)).toMatch('lacks a right: USAGE on the schema "public"')
    await admin.query(`GRANT USAGE ON SCHEMA public TO ${user}`)
    expect(await refusalOf(signIn)).toMatch(/permission denied for table _prisma_migrations; give the user/)
    await admin.query(`GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO ${user}`)
    expect(await refusalOf(signIn)).toMatch(/lacks a right: UPDATE on the table /)
    await admin.query(`GRANT UPDATE ON ALL TABLES IN SCHEMA public TO ${user}`)
    expect(await refusalOf(signIn)).toMatch(/lacks a right: DELETE on the table operator_acts/)
    await admin.query(`GRANT DELETE ON operator_acts TO ${user}`)
    expect(await refusalOf(signIn)).toMatch(/lacks a right: DELETE on the table returning_orders/)
    await admin.query(`GRANT DELETE ON returning_orders TO ${user}`)
    expect(await refusalOf(signIn)).toMatch(/lacks a right: USAGE on the sequence of /)
    await admin.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ${user}`)
    expect(await refusalOf(signIn)).toBe('none')
  } finally {
    await admin.query(`DROP OWNED BY ${user}; DROP ROLE ${user}`)
  }
})
