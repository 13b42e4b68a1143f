import { Client } from 'pg'

/**
 * A copy of a database as it is now. Resolves with what puts the copy in the place of the database, as a restored dump does. Nobody
 * may be connected to the database, neither now nor then.
 */
export async function copyDatabase(databaseUrl: string): Promise<() => Promise<void>> {
  const url = new URL(databaseUrl)
  const name = url.pathname.slice(1)
  const copy = `${name}_copy`
  url.pathname = '/postgres'
  const run = async (...statements: readonly string[]) => {
    const client = new Client({ connectionString: url.href })
    await client.connect()
    try {
      for (const statement of statements) await client.query(statement)
    } finally {
      await client.end()
    }
  }
  await run(`CREATE DATABASE ${copy} TEMPLATE ${name}`)
  return () => run(`DROP DATABASE ${name} WITH (FORCE)`, `ALTER DATABASE ${copy} RENAME TO ${name}`)
}
