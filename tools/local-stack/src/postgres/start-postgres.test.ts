import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { commandLineOf } from '../machine/process-facts.ts'
import { startPostgres } from './start-postgres.ts'

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'start-postgres-'))
  // As root, Postgres runs as another user, who must be able to reach it.
  await chmod(folder, 0o755)
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

test('it serves on 127.0.0.1 in UTF-8 and C, and has the same data when started again on its folder', async () => {
  const dataDir = await temporaryFolder()
  const lines: string[] = []
  const first = await startPostgres({ dataDir, settings: { work_mem: '5MB' }, onProgress: (line) => lines.push(line) })
  onTestFinished(first.stop)
  const settings = `SELECT current_setting(s) FROM unnest(ARRAY['listen_addresses', 'unix_socket_directories',
    'server_encoding', 'lc_messages', 'work_mem', 'fsync']) AS s`
  expect(await ask(first.url('postgres'), settings)).toEqual(['127.0.0.1', '', 'UTF8', 'C', '5MB', 'on'])
  await ask(first.url('postgres'), 'CREATE TABLE sold AS SELECT 7 AS units')
  await first.stop()
  await first.stop()
  expect(await commandLineOf(first.pid)).toBeUndefined()
  const second = await startPostgres({ dataDir, port: first.port, onProgress: (line) => lines.push(line) })
  onTestFinished(second.stop)
  expect(await ask(second.url('postgres'), 'SELECT units FROM sold')).toEqual([7])
  expect(lines).toEqual(['Postgres: creating a database cluster'])
})

test('it wants its password', async () => {
  const postgres = await startPostgres({ dataDir: await temporaryFolder() })
  onTestFinished(postgres.stop)
  const url = new URL(postgres.url('postgres'))
  url.password = 'guessed'
  await expect(ask(url.href, 'SELECT 1')).rejects.toThrow('password authentication failed')
})

test('a start that fails says why in its own words and leaves no process behind', async () => {
  const pids: number[] = []
  const dataDir = await temporaryFolder()
  const recordPid = (pid: number) => void pids.push(pid)
  await expect(startPostgres({ dataDir, settings: { work_mem: 'plenty' }, recordPid })).rejects.toThrow('work_mem')
  expect(pids).toHaveLength(1)
  for (const pid of pids) expect(await commandLineOf(pid)).toBeUndefined()
})

test('a cluster whose making was interrupted is made anew', async () => {
  const dataDir = await temporaryFolder()
  await mkdir(path.join(dataDir, 'cluster.new'))
  await writeFile(path.join(dataDir, 'cluster.new', 'PG_VERSION'), '18\n')
  const postgres = await startPostgres({ dataDir })
  onTestFinished(postgres.stop)
  expect(await ask(postgres.url('postgres'), 'SELECT 1')).toEqual([1])
})
