import { StartupError } from '@flash-sale/runtime/startup-error'

export interface Secrets {
  readonly jwtSecret: string
  readonly opsKey: string
}

const portDefault = 3000

/** How the demo and `pnpm dev` run the apps: on this machine only, with tokens for whoever asks. */
export function appSettings({ jwtSecret, opsKey }: Secrets, logLevel: 'warn' | 'info') {
  const { env } = process
  return {
    apiPort: apiPortOf(env.PORT),
    env: {
      JWT_SECRET: jwtSecret,
      OPS_KEY: opsKey,
      DEV_TOKENS: 'true',
      LOG_LEVEL: env.LOG_LEVEL || logLevel,
      RESERVE_STRATEGY: env.RESERVE_STRATEGY,
      REDIS_ALLOW_UNSAFE: env.REDIS_ALLOW_UNSAFE,
      // No proxy is in front, and a person waits.
      SHUTDOWN_DELAY_MS: '0',
    },
    // What is not finished by then is in the outbox, and is finished by the next worker.
    stopWithinMs: 3_000,
  }
}

/** The port to try first. Throws a StartupError for one that is none. */
export function apiPortOf(text: string | undefined): number {
  if (!text) return portDefault
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new StartupError(
    `PORT is "${text}", but must be a whole number from 0 to 65535, for example PORT=${portDefault}`,
  )
}
