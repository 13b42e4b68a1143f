import { startCommand } from '@flash-sale/demo/started-demo.fixture'
import { compileApps } from '@flash-sale/testing/compiled-apps'
import { eventually } from '@flash-sale/testing/eventually'
import { expect, test } from 'vitest'

const patient = { timeout: 300_000 }

test('everything of `pnpm chaos` ends when npx in front of it is ended in the middle of a fault', patient, async () => {
  // The command compiles too, and would write the same files at the same time as another test file.
  await compileApps()
  const started = await startCommand([
    'npx',
    'pnpm',
    'chaos',
    '--faults',
    '100',
    '--only',
    'pause-redis,pause-postgres',
  ])
  await started.printed('1 of 100 done')
  started.signal('SIGTERM')
  await eventually(async () => expect(await started.leftBehind()).toEqual([]), {
    what: 'everything that was started to be gone',
    timeoutMs: 20_000,
    intervalMs: 200,
  })
})
