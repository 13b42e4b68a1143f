import { devFolder } from './dev-data.ts'
import { runDev } from './run-dev.ts'
import { runInterruptible } from '@flash-sale/runtime/run-interruptible'
import { readHelpOnly } from '@flash-sale/local-stack/console/read-flags'
import { openTerminal } from '@flash-sale/local-stack/console/terminal'

const help = `Everything up, on data that stay, with the API and the worker started again when their source changes.

Usage: pnpm dev

REDIS_URL and DATABASE_URL name stores to use; those not set are started with data in .flash-sale/.
PORT is where the API listens if it is free (default 3000); the pages are on 5173 or the next port that is free.
LOG_LEVEL says how much is logged (default info).
`

await runInterruptible(async (signal) => {
  if (readHelpOnly(process.argv.slice(2))) {
    process.stdout.write(help)
    return 0
  }
  return runDev(await devFolder(), openTerminal(), signal)
})
