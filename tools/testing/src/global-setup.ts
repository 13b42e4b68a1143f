import { randomBytes } from 'node:crypto'
import { migrate } from '@flash-sale/database/migrate'
import { findRedisServer } from '@flash-sale/local-stack/redis/find-redis-server'
import { createRunFolder, type RunFolder } from '@flash-sale/local-stack/machine/run-folder'
import { startPostgres } from '@flash-sale/local-stack/postgres/start-postgres'
import { startupFailureText } from '@flash-sale/runtime/run-main'
import type { TestProject } from 'vitest/node'
import type { TemplateDatabase } from './provided.ts'
import { dropDatabase } from './test-database.ts'

const onProgress = (line: string) => console.log(line)

/** Before the first test file, starts one Postgres with a migrated template, and finds (or fetches) a Redis server. */
export default async function globalSetup(project: TestProject): Promise<() => Promise<void>> {
  const run = await createRunFolder({ onProgress })
  const stops: (() => Promise<void>)[] = [run.remove]
  const tearDown = async () => {
    for (const stop of stops.toReversed()) await stop()
  }
  try {
    project.provide('runFolder', run.path)
    project.provide('isWatching', project.vitest.config.watch)
    project.provide('redisServer', await findRedisServer({ onProgress }))
    project.provide('templateDatabase', await makeTemplate(run, stops))
  } catch (error) {
    await tearDown()
    console.error(startupFailureText(error, process.env.LOG_LEVEL))
    process.exit(1)
  }
  return tearDown
}

async function makeTemplate(run: RunFolder, stops: (() => Promise<void>)[]): Promise<TemplateDatabase> {
  const name = `flash_sale_template_${randomBytes(4).toString('hex')}`
  const given = process.env.TEST_DATABASE_URL
  const url = given ? withDatabase(given, name) : await startedPostgresUrl(run, stops, name)
  if (given) stops.push(() => dropDatabase(url))
  try {
    await migrate(url)
    return { url }
  } catch (error) {
    // A broken migration fails only the tests that need the database, with its reason.
    return { failure: error instanceof Error ? error.message : String(error) }
  }
}

async function startedPostgresUrl(run: RunFolder, stops: (() => Promise<void>)[], database: string): Promise<string> {
  const postgres = await startPostgres({
    dataDir: `${run.path}/postgres`,
    recordPid: run.recordPid,
    // Tests need no fsync, since killed processes lose nothing without it. Every test file and every app that it starts has a pool of its own.
    settings: { fsync: 'off', full_page_writes: 'off', max_connections: '300' },
  })
  stops.push(postgres.stop)
  return postgres.url(database)
}

function withDatabase(serverUrl: string, database: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  return url.href
}
