import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, DatabaseError } from 'pg'
import { provided } from './provided.ts'

export interface TestDatabase {
  readonly url: string
  /** Drops it with whoever is still connected. */
  readonly drop: () => Promise<void>
}

// Postgres refuses to copy a database that anyone is connected to, and another copy of it counts for a moment.
const TEMPLATE_IN_USE = '55006'
const CLONE_ATTEMPTS_MAX = 50

/** A migrated, empty database of the test's own: a copy of the template, which takes about a tenth of a second. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const made = provided('templateDatabase')
  if ('failure' in made) throw new Error(`the template database could not be migrated: ${made.failure}`)
  const template = new URL(made.url)
  const url = new URL(template)
  url.pathname = `/test_${randomBytes(8).toString('hex')}`
  const create = `CREATE DATABASE ${nameOf(url)} TEMPLATE ${nameOf(template)}`
  await onServer(url.href, async (client) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await client.query(create)
        return
      } catch (error) {
        const isBusy = error instanceof DatabaseError && error.code === TEMPLATE_IN_USE
        if (!isBusy || attempt === CLONE_ATTEMPTS_MAX) throw error
        await sleep(20)
      }
    }
  })
  return { url: url.href, drop: () => dropWithCopy(url.href) }
}

async function dropWithCopy(databaseUrl: string): Promise<void> {
  await dropDatabase(databaseUrl)
  await dropDatabase(`${databaseUrl}_copy`)
}

/**
 * Takes a copy of a test database as it is now. `restore` puts the copy in its place, as a dump is restored. Both cut off whoever is
 * connected.
 */
export async function takeDatabaseCopy(databaseUrl: string): Promise<{ restore: () => Promise<void> }> {
  const name = nameOf(new URL(databaseUrl))
  const copy = `${name}_copy`
  await replaceDatabase(databaseUrl, copy, name)
  return { restore: () => replaceDatabase(databaseUrl, name, copy) }
}

/** Makes the database `name` a copy of `template`, of which nobody may be connected to either for that moment. */
async function replaceDatabase(databaseUrl: string, name: string, template: string): Promise<void> {
  await onServer(databaseUrl, async (client) => {
    const mayConnect = (database: string, may: boolean) =>
      client.query(`ALTER DATABASE ${database} ALLOW_CONNECTIONS ${may}`)
    await mayConnect(template, false)
    await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [template])
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    for (;;) {
      try {
        await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`)
        break
      } catch (error) {
        // A connection that was ended is gone a moment later.
        if (!(error instanceof DatabaseError && error.code === TEMPLATE_IN_USE)) throw error
        await sleep(20)
      }
    }
    await mayConnect(template, true)
  })
}

export function dropDatabase(databaseUrl: string): Promise<void> {
  return onServer(databaseUrl, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${nameOf(new URL(databaseUrl))} WITH (FORCE)`)
  })
}

function nameOf(url: URL): string {
  return url.pathname.slice(1)
}

async function onServer(databaseUrl: string, use: (client: Client) => Promise<void>): Promise<void> {
  const url = new URL(databaseUrl)
  url.pathname = '/postgres'
  const client = new Client({ connectionString: url.href })
  await client.connect()
  try {
    await use(client)
  } finally {
    await client.end()
  }
}
