import { startApp, type App, type StartAppOptions } from '@flash-sale/local-stack/apps/start-app'
import { useCompiledApps } from './compiled-apps.ts'
import type { TestStores } from './start-test-stores.ts'
import { testJwtSecret, testOpsKey, testPayments } from './test-tokens.ts'

export type TestProcessOptions = Pick<StartAppOptions, 'onLine'> & {
  /** Settings beside the stores' addresses and the secrets, or instead of them. */
  readonly env?: StartAppOptions['env']
}

/** Other tests may have the machine busy. */
const readyWithinMs = 90_000

/** The settings that an API or a worker needs to run on these stores, on a free port. */
export function testEnv(stores: Pick<TestStores, 'redis' | 'database'>): Record<string, string> {
  return {
    PORT: '0',
    REDIS_URL: stores.redis.url,
    DATABASE_URL: stores.database.url,
    JWT_SECRET: testJwtSecret,
    OPS_KEY: testOpsKey,
    PAYMENT_PROVIDER: 'simulated',
    SIMULATED_PAYMENTS_URL: testPayments.url,
    SIMULATED_PAYMENTS_SECRET: testPayments.secret,
    LOG_LEVEL: 'warn',
  }
}

/** Starts a real API or worker process on a test's stores. It ends with the test run, whatever becomes of the test. */
export async function startTestProcess(
  name: 'api' | 'worker',
  stores: Pick<TestStores, 'redis' | 'database'>,
  { env, onLine }: TestProcessOptions = {},
): Promise<App> {
  await useCompiledApps()
  return startApp({ name, env: { ...testEnv(stores), ...env }, readyWithinMs, ...(onLine && { onLine }) })
}
