import { migrate } from './migrate.ts'

const databaseUrl = process.env.DATABASE_URL

if (!databaseUrl) {
  const example = 'postgresql://user:password@127.0.0.1:5432/flash_sale'
  fail(`DATABASE_URL is not set: it says which Postgres to migrate, for example DATABASE_URL=${example}`)
}

try {
  const applied = await migrate(databaseUrl, { onProgress: (line) => console.log(line) })
  if (applied.length === 0) console.log('Postgres: up to date')
} catch (error) {
  fail(`The migration failed: ${reason(error)}`)
}
// The engine leaves a timer of 10 s behind, the deadline of a lock that it got at once.
process.exit(0)

function fail(line: string): never {
  console.error(line)
  process.exit(1)
}

/** One line; an AggregateError (a host with several addresses, none of which answers) has no message of its own. */
function reason(error: unknown): string {
  if (error instanceof AggregateError && !error.message) return error.errors.map(reason).join('; ')
  const text = error instanceof Error ? error.message : String(error)
  return text.replaceAll(/\s+/g, ' ').trim()
}
