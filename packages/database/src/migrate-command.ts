import { readEnv } from '@flash-sale/runtime/env'
import { databaseCaFile, databaseUrl } from '@flash-sale/runtime/env-fields'
import { runMain } from '@flash-sale/runtime/run-main'
import { databaseUrlOf } from '@flash-sale/runtime/store-urls'
import { Type } from 'typebox'
import { migrate } from './migrate.ts'

const MigrateEnv = Type.Object({ DATABASE_URL: databaseUrl, DATABASE_CA_FILE: databaseCaFile })

async function main(): Promise<void> {
  const url = databaseUrlOf(readEnv(MigrateEnv))
  const applied = await migrate(url, { onProgress: (line) => console.log(line) })
  if (applied.length === 0) console.log('Postgres: up to date')
}

await runMain(main)
// The engine leaves a timer of 10 s behind, for a lock that it got at once, so the process must exit by itself.
process.exit(0)
