import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createTestDatabase } from '@flash-sale/testing/test-database'
import { Client } from 'pg'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { migrate } from './migrate.ts'
import { withSchemaEngine } from './schema-engine.ts'

const workspace = fileURLToPath(new URL('../../../', import.meta.url))
let url: string

beforeEach(async () => {
  const database = await createTestDatabase()
  url = database.url
  return database.drop
})

async function ask(sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

async function migrationsFolder(migrations: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'migrations-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const [name, sql] of Object.entries(migrations)) {
    await mkdir(path.join(folder, name))
    await writeFile(path.join(folder, name, 'migration.sql'), sql)
  }
  return folder
}

test('a database that does not exist is created, and applying twice changes nothing', async () => {
  await dropped()
  const lines: string[] = []
  const first = await migrate(url, { onProgress: (line) => lines.push(line) })
  expect(first.length).toBeGreaterThan(0)
  expect(lines[0]).toMatch(/^Postgres: created the database /)
  expect(await migrate(url)).toEqual([])
  expect(await ask('SELECT migration_name FROM _prisma_migrations ORDER BY started_at')).toEqual(first)
})

test('of several processes that migrate at once, one applies everything and the others nothing', async () => {
  await dropped()
  const results = await Promise.all([migrate(url), migrate(url), migrate(url)])
  const applied = results.filter((names) => names.length > 0)
  expect(applied).toHaveLength(1)
  expect(await ask('SELECT migration_name FROM _prisma_migrations ORDER BY started_at')).toEqual(applied[0])
})

test('the migrated schema is the one that schema.prisma describes', async () => {
  // The engine cannot read a live schema through pg, so the catalogue of what it would create from nothing is compared.
  const content = await readFile(path.join(workspace, 'prisma/schema.prisma'), 'utf8')
  const to = { tag: 'schemaDatamodel' as const, files: [{ path: 'schema.prisma', content }] }
  const filters = { externalTables: [], externalEnums: [] }
  const described = await withSchemaEngine({ databaseUrl: url, datamodel: content }, (engine) =>
    engine.diff({ from: { tag: 'empty' }, to, script: true, exitCode: null, filters }),
  )
  const migrated = await ask(CATALOGUE)
  await dropped()
  await migrate(url, { migrationsFolder: await migrationsFolder({ '0001_described': described.stdout ?? '' }) })
  expect(migrated.length).toBeGreaterThan(20)
  expect(migrated).toEqual(await ask(CATALOGUE))
})

/** Everything that Prisma can express: not the CHECKs and functions. */
const CATALOGUE = `
  SELECT concat_ws(' ', table_name, column_name, udt_name, datetime_precision, is_nullable, column_default) AS line
  FROM information_schema.columns WHERE table_schema = 'public'
  UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'f', 'u')
  UNION ALL SELECT concat_ws(' ', enumtypid::regtype, enumsortorder, enumlabel) FROM pg_enum
  ORDER BY line`

test('a function whose body holds semicolons is applied whole', async () => {
  await dropped()
  const body = 'BEGIN PERFORM 1; RETURN 7; END'
  const folder = await migrationsFolder({
    '0001_seven': `CREATE FUNCTION seven() RETURNS INT LANGUAGE plpgsql AS $$ ${body} $$; CREATE TABLE t (a INT);`,
    '0002_use_it': 'INSERT INTO t VALUES (seven());',
  })
  expect(await migrate(url, { migrationsFolder: folder })).toEqual(['0001_seven', '0002_use_it'])
  expect(await ask('SELECT a FROM t')).toEqual([7])
})

test('a migration that fails is named with the reason, and nothing after it is applied', async () => {
  await dropped()
  const folder = await migrationsFolder({
    '0001_a': 'CREATE TABLE a ()',
    '0002_b': 'CREAT',
    '0003_c': 'CREATE TABLE c ()',
  })
  const failing = migrate(url, { migrationsFolder: folder })
  await expect(failing).rejects.toThrow(/^The migration failed: 0002_b: .*syntax error at or near "CREAT"$/)
  expect(await ask("SELECT tablename::TEXT FROM pg_tables WHERE tablename IN ('a', 'c')")).toEqual(['a'])
})

test('a migration that the folder does not have, or has otherwise, is named and nothing is applied', async () => {
  await dropped()
  const sql = { '0001_a': 'CREATE TABLE a ()', '0002_b': 'CREATE TABLE b ()' }
  await migrate(url, { migrationsFolder: await migrationsFolder(sql) })
  const refusalWith = async (migrations: Readonly<Record<string, string>>) => {
    const folder = await migrationsFolder({ ...migrations, '0003_c': 'CREATE TABLE c ()' })
    return migrate(url, { migrationsFolder: folder }).catch((error: Error) => error.message)
  }
  expect(await refusalWith({ '0001_a': sql['0001_a'] })).toMatch(/migration 0002_b, which this version does not know/)
  expect(await refusalWith({ ...sql, '0001_a': 'CREATE TABLE other ()' })).toMatch(/another migration 0001_a than this/)
  await ask("UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '0002_b'")
  expect(await refusalWith(sql)).toMatch(/migration 0002_b unfinished: /)
  expect(await ask("SELECT tablename::TEXT FROM pg_tables WHERE tablename = 'c'")).toEqual([])
})

test('the command says in one line what is wrong and exits 1', async () => {
  const failure = { code: 1, stdout: '' }
  await expect(command('')).rejects.toMatchObject({
    ...failure,
    stderr: expect.stringMatching(/^DATABASE_URL is missing: .*\n$/),
  })
  await expect(command('postgresql://127.0.0.1:1/sale')).rejects.toMatchObject({
    ...failure,
    stderr: expect.stringMatching(/^Postgres cannot be used: connect ECONNREFUSED 127.0.0.1:1; start it, or .*\n$/),
  })
  expect((await command(url)).stdout).toBe('Postgres: up to date\n')
})

function command(databaseUrl: string): Promise<{ stdout: string }> {
  return promisify(execFile)(process.execPath, ['--import', 'tsx', 'packages/database/src/migrate-command.ts'], {
    cwd: workspace,
    env: { ...process.env, DATABASE_URL: databaseUrl },
  })
}

async function dropped(): Promise<void> {
  const server = new URL(url)
  const name = server.pathname.slice(1)
  server.pathname = '/postgres'
  const client = new Client({ connectionString: server.href })
  await client.connect()
  await client.query(`DROP DATABASE ${name}`)
  await client.end()
}
