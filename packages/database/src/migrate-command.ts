import { migrate } from './migrate.ts'

const databaseUrl = process.env.DATABASE_URL

if (!databaseUrl) {
  fail(
    'DATABASE_URL is not set: say which Postgres to migrate, such as postgresql://user:password@127.0.0.1:5432/flash_sale',
  )
} else {
  try {
    const applied = await migrate(databaseUrl, { onProgress: (line) => console.log(line) })
    if (applied.length === 0) console.log('Postgres: up to date')
  } catch (error) {
    fail(`The migration failed: ${reason(error)}`)
  }
}

function fail(line: string): void {
  console.error(line)
  process.exitCode = 1
}

/** One line; an AggregateError (a host with several addresses, none of which answers) has no message of its own. */
function reason(error: unknown): string {
  if (error instanceof AggregateError && !error.message) return error.errors.map(reason).join('; ')
  const text = error instanceof Error ? error.message : String(error)
  return text.replaceAll(/\s+/g, ' ').trim()
}
