import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createTestDatabase } from '@flash-sale/testing/test-database'
import { Client } from 'pg'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { readFunctionFiles } from './function-files.ts'
import { migrate } from './migrate.ts'
import { ownPrismaFolder, readMigrationFiles } from './migration-files.ts'
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

type SqlTexts = Readonly<Record<string, string>>

async function prismaFolderWith(migrations: SqlTexts, functions: SqlTexts = {}): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'prisma-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await mkdir(path.join(folder, 'migrations'))
  await mkdir(path.join(folder, 'functions'))
  for (const [name, sql] of Object.entries(migrations)) {
    await mkdir(path.join(folder, 'migrations', name))
    await writeFile(path.join(folder, 'migrations', name, 'migration.sql'), sql)
  }
  for (const [name, sql] of Object.entries(functions)) {
    await writeFile(path.join(folder, 'functions', `${name}.sql`), sql)
  }
  return folder
}

const appliedNames = `
  SELECT name FROM (SELECT 1 AS part, started_at AS at, migration_name AS name FROM _prisma_migrations
    UNION ALL SELECT 2, applied_at, name || '()' FROM sql_functions) applied ORDER BY part, at, name`

test('a database that does not exist is created, and applying twice changes nothing', async () => {
  await dropped()
  const lines: string[] = []
  const first = await migrate(url, { onProgress: (line) => lines.push(line) })
  expect(first.length).toBeGreaterThan(0)
  expect(lines[0]).toMatch(/^Postgres: created the database /)
  expect(await migrate(url)).toEqual([])
  expect(await ask(appliedNames)).toEqual(first)
})

test('of several processes that migrate at once, one applies everything and the others nothing', async () => {
  await dropped()
  const results = await Promise.all([migrate(url), migrate(url), migrate(url)])
  const applied = results.filter((names) => names.length > 0)
  expect(applied).toHaveLength(1)
  expect(await ask(appliedNames)).toEqual(applied[0])
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
  await migrate(url, {
    prismaFolder: await prismaFolderWith({ '0001_described': described.stdout ?? '' }, { seven: seven('7') }),
  })
  expect(migrated.length).toBeGreaterThan(20)
  expect(migrated).toEqual(await ask(CATALOGUE))
})

/** Everything that Prisma can express: not the CHECKs, partial indexes and functions. */
const CATALOGUE = `
  SELECT concat_ws(' ', table_name, column_name, udt_name, datetime_precision, is_nullable, column_default) AS line
  FROM information_schema.columns WHERE table_schema = 'public'
  UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexdef NOT LIKE '% WHERE %'
  UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'f', 'u')
  UNION ALL SELECT concat_ws(' ', enumtypid::regtype, enumsortorder, enumlabel) FROM pg_enum
  ORDER BY line`

test('items of the version before each get a birth of their own, and the database its deployment', async () => {
  await dropped()
  await restoreVersionBefore()
  await migrate(url)
  expect(await ask('SELECT count(DISTINCT birth)::int FROM sale_items WHERE birth > 0 AND total_version = 0')).toEqual([
    50,
  ])
  expect(await ask('SELECT count(*)::int FROM deployment WHERE redis_id IS NULL')).toEqual([1])
})

test('a dump of the version before has the same births and the same deployment each time it is migrated', async () => {
  const identities: unknown[][] = []
  for (const timeZone of ['UTC', 'Asia/Shanghai']) {
    await dropped()
    await restoreVersionBefore()
    await ask(`ALTER DATABASE "${new URL(url).pathname.slice(1)}" SET timezone = '${timeZone}'`)
    await migrate(url)
    await ask(
      "INSERT INTO sale_items (sale_id, sku, name, price_cents, total, purchase_limit) VALUES (1, 'NEW', 'New', 1, 1, 1)",
    )
    identities.push(
      await ask(
        'SELECT id::text FROM deployment UNION ALL SELECT birth::text FROM (SELECT birth FROM sale_items ORDER BY id)',
      ),
    )
  }
  const [first, again] = identities
  expect(again!.slice(0, -1)).toEqual(first!.slice(0, -1))
  expect(again!.at(-1)).not.toBe(first!.at(-1))
})

/** A database of the version before births, with 50 items; always the same. */
async function restoreVersionBefore(): Promise<void> {
  const migrations = await readMigrationFiles(ownPrismaFolder)
  const before = migrations.filter(({ name }) => name < '20261126000500')
  expect(before.length).toBeLessThan(migrations.length)
  const folder = await prismaFolderWith(Object.fromEntries(before.map(({ name, sql }) => [name, sql])), {
    seven: seven('7'),
  })
  await migrate(url, { prismaFolder: folder })
  await ask(`
    INSERT INTO sales (name, opens_at, closes_at, created_at)
    VALUES ('Sale', '2026-11-11Z', '2026-11-12Z', '2026-11-01 00:00:00.123Z')`)
  await ask(`
    INSERT INTO sale_items (sale_id, sku, name, price_cents, total, purchase_limit)
    SELECT 1, 'SKU-' || n, 'Item', 1, 1, 1 FROM generate_series(1, 50) n`)
}

test('a function whose body holds semicolons is applied whole', async () => {
  await dropped()
  const body = 'BEGIN PERFORM 1; RETURN 7; END'
  const folder = await prismaFolderWith({
    '0001_seven': `CREATE FUNCTION seven() RETURNS INT LANGUAGE plpgsql AS $$ ${body} $$; CREATE TABLE t (a INT);`,
    '0002_use_it': 'INSERT INTO t VALUES (seven());',
  })
  expect(await migrate(url, { prismaFolder: folder })).toEqual(['0001_seven', '0002_use_it'])
  expect(await ask('SELECT a FROM t')).toEqual([7])
})

test('a migration that fails is named with the reason, and nothing after it is applied', async () => {
  await dropped()
  const folder = await prismaFolderWith({
    '0001_a': 'CREATE TABLE a ()',
    '0002_b': 'CREAT',
    '0003_c': 'CREATE TABLE c ()',
  })
  const failing = migrate(url, { prismaFolder: folder })
  await expect(failing).rejects.toThrow(/^The migration failed: 0002_b: .*syntax error at or near "CREAT"$/)
  expect(await ask("SELECT tablename::TEXT FROM pg_tables WHERE tablename IN ('a', 'c')")).toEqual(['a'])
})

test('a migration that the folder does not have, or has otherwise, is named and nothing is applied', async () => {
  await dropped()
  const sql = { '0001_a': 'CREATE TABLE a ()', '0002_b': 'CREATE TABLE b ()' }
  await migrate(url, { prismaFolder: await prismaFolderWith(sql) })
  const refusalWith = async (migrations: Readonly<Record<string, string>>) => {
    const folder = await prismaFolderWith({ ...migrations, '0003_c': 'CREATE TABLE c ()' })
    return migrate(url, { prismaFolder: folder }).catch((error: Error) => error.message)
  }
  expect(await refusalWith({ '0001_a': sql['0001_a'] })).toMatch(/migration 0002_b, which this version does not know/)
  expect(await refusalWith({ ...sql, '0001_a': 'CREATE TABLE other ()' })).toMatch(/another migration 0001_a than this/)
  await ask("UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '0002_b'")
  expect(await refusalWith(sql)).toMatch(/migration 0002_b unfinished: /)
  expect(await ask("SELECT tablename::TEXT FROM pg_tables WHERE tablename = 'c'")).toEqual([])
})

const seven = (body: string) => `CREATE OR REPLACE FUNCTION seven() RETURNS INT LANGUAGE sql AS 'SELECT ${body}'`

async function applyFunctions(functions: SqlTexts): Promise<string[]> {
  return migrate(url, { prismaFolder: await prismaFolderWith({}, functions) })
}

test('a function is applied when its text has changed, and only then', async () => {
  await dropped()
  expect(await applyFunctions({ seven: seven('7') })).toEqual(['seven()'])
  const first = await ask('SELECT name, sha256, applied_at::TEXT FROM sql_functions')
  expect(await applyFunctions({ seven: seven('7') })).toEqual([])
  expect(await ask('SELECT name, sha256, applied_at::TEXT FROM sql_functions')).toEqual(first)
  expect(await applyFunctions({ seven: seven('3 + 4'), eight: seven('8').replace('seven', 'eight') })).toEqual([
    'eight()',
    'seven()',
  ])
  expect(await ask('SELECT seven() + eight()')).toEqual([15])
})

test('a function whose file is gone is dropped, and so is the former one when the parameters change', async () => {
  await dropped()
  await applyFunctions({ seven: seven('7') })
  await applyFunctions({ seven: seven('more').replace('seven()', 'seven(more INT)') })
  expect(await ask("SELECT oid::regprocedure::TEXT FROM pg_proc WHERE proname = 'seven'")).toEqual(['seven(integer)'])
  expect(await applyFunctions({})).toEqual(['seven()'])
  expect(await ask("SELECT oid::regprocedure::TEXT FROM pg_proc WHERE proname = 'seven'")).toEqual([])
  expect(await ask('SELECT name FROM sql_functions')).toEqual([])
})

test('of functions of which one fails none is changed, and the text names it', async () => {
  await dropped()
  await applyFunctions({ seven: seven('7') })
  const failing = (sql: string) =>
    applyFunctions({ seven: seven('8'), wrong: sql }).catch((error: Error) => error.message)
  expect(await failing('CREAT')).toBe('The function wrong() could not be changed: syntax error at or near "CREAT"')
  expect(await failing('SELECT 1')).toBe(
    'The function wrong() could not be changed: its file makes no function of this name',
  )
  expect(await ask('SELECT seven()')).toEqual([7])
})

test("functions that a migration made are replaced by today's texts", async () => {
  const texts = await readFunctionFiles(ownPrismaFolder)
  const definitions =
    'SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname = ANY($names$NAMES$names$) ORDER BY proname'
  const current = definitions.replace('NAMES', `{${texts.map(({ name }) => name).join()}}`)
  const today = await ask(current)
  await dropped()
  const onlyMigrations = await prismaFolderWith({})
  await cp(path.join(ownPrismaFolder, 'migrations'), path.join(onlyMigrations, 'migrations'), { recursive: true })
  await migrate(url, { prismaFolder: onlyMigrations })
  await ask(`CREATE OR REPLACE FUNCTION unsettle_item() RETURNS TRIGGER LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`)
  expect(await ask(current)).not.toEqual(today)
  expect(await migrate(url)).toEqual(texts.map(({ name }) => `${name}()`))
  expect(await ask(current)).toEqual(today)
})

test('a new migration holds tables only: a function is a file of its own', async () => {
  const withFunctions = (await readMigrationFiles(ownPrismaFolder)).filter(({ sql }) => /\bFUNCTION\b/i.test(sql))
  expect(withFunctions.map(({ name }) => name)).toEqual([
    '20261122000100_persist_orders',
    '20261126000100_search_path',
    '20261126000400_settled_items',
  ])
})

// It starts three processes.
test('the command says in one line what is wrong and exits 1', { timeout: 120_000 }, async () => {
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
