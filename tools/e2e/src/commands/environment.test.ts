import { spawn } from 'node:child_process'
import { text as readText } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { compiledArgs } from '@flash-sale/testing/compiled-apps'
import { testEnv } from '@flash-sale/testing/start-test-process'
import { startTestStores } from '@flash-sale/testing/start-test-stores'
import { expect, onTestFinished, test } from 'vitest'

const workspace = fileURLToPath(new URL('../../../../', import.meta.url))

const stores = {
  REDIS_URL: 'redis://:hush#hush@127.0.0.1:99999/abc',
  REDIS_CA_FILE: '/nowhere/ca.pem',
  DATABASE_URL: 'postgresql://me:hush/hush#hush@127.0.0.1',
  DATABASE_CA_FILE: '/nowhere/ca.pem',
}
const listener = { PORT: '99999', HOST: '999.1.1.1', LOG_LEVEL: 'loud' }
const sells = { REDIS_ALLOW_UNSAFE: 'perhaps' }
const promises = { ACKNOWLEDGEMENT_LEVEL: 'none', REDIS_REPLICA_COUNT: '0' }

const pays = {
  PAYMENT_PROVIDER: 'paypal',
  STRIPE_SECRET_KEY: 'hush',
  STRIPE_WEBHOOK_SECRET: 'hush',
  SHOP_URL: 'the shop',
  SIMULATED_PAYMENTS_URL: 'here',
  SIMULATED_PAYMENTS_SECRET: 'hush',
}

/** Every program that listens or opens stores that it was given, and a wrong value of every variable that it reads. */
const programs = {
  api: {
    entry: 'apps/api/src/server.ts',
    wrong: {
      ...stores,
      ...listener,
      ...sells,
      JWT_SECRET: 'hush',
      OPS_KEY: 'hush',
      DEV_TOKENS: 'yes',
      ...promises,
      ...pays,
      RESERVE_STRATEGY: 'hope',
    },
  },
  worker: { entry: 'apps/worker/src/main.ts', wrong: { ...stores, ...listener, ...sells, ...pays } },
  migrate: {
    entry: 'packages/database/src/migrate-command.ts',
    wrong: { DATABASE_URL: stores.DATABASE_URL, DATABASE_CA_FILE: stores.DATABASE_CA_FILE },
  },
  'adopt-redis': { entry: 'packages/upkeep/src/adopt-redis-command.ts', wrong: stores },
  'missing-items': { entry: 'packages/upkeep/src/missing-items-command.ts', wrong: stores },
  demo: {
    entry: 'tools/demo/src/demo.ts',
    wrong: { ...stores, ...sells, ...promises, PORT: '99999', LOG_LEVEL: 'loud', RESERVE_STRATEGY: 'hope' },
  },
  dev: {
    entry: 'tools/dev/src/dev.ts',
    wrong: { ...stores, ...sells, ...promises, PORT: '99999', LOG_LEVEL: 'loud', RESERVE_STRATEGY: 'hope' },
  },
} as const

type Program = (typeof programs)[keyof typeof programs]

async function run(entry: string, env: Readonly<Record<string, string>>) {
  const { PATH = '', HOME = '' } = process.env
  const args = entry.startsWith('tools/') ? ['--import', 'tsx', entry] : await compiledArgs(entry)
  const child = spawn(process.execPath, args, {
    cwd: workspace,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [stdout, stderr] = await Promise.all([readText(child.stdout), readText(child.stderr)])
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '')
  return { code: await ended, lines: lines.map((line) => line.replace(/^✘ /, '')) }
}

test.each(Object.entries<Program>(programs))(
  '%s names each wrong variable in one line, shows no secret, and ends with 1',
  async (_name, { entry, wrong }) => {
    const { code, lines } = await run(entry, wrong)
    expect(code).toBe(1)
    const named = lines.map((line) => line.split(' ')[0]).toSorted()
    expect(named, lines.join('\n')).toEqual(Object.keys(wrong).toSorted())
    for (const line of lines) expect(line).toMatch(/^[A-Z_]+ is .+: it .+/)
    expect(lines.join('\n')).not.toContain('hush')
  },
)

test('a HOST that no address is known for is named', async () => {
  const running = await startTestStores()
  onTestFinished(running.stop)
  const { code, lines } = await run(programs.api.entry, { ...testEnv(running), HOST: 'nowhere.invalid' })
  expect(code).toBe(1)
  expect(lines).toEqual([
    expect.stringMatching(/^Could not start: no address is known for nowhere\.invalid; correct HOST$/),
  ])
})
