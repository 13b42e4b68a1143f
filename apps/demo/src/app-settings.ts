export interface Secrets {
  readonly jwtSecret: string
  readonly opsKey: string
}

const portDefault = 3000

/** How the demo and `pnpm dev` run the apps: on this machine only, with tokens for whoever asks. */
export function appSettings({ jwtSecret, opsKey }: Secrets, logLevel: 'warn' | 'info') {
  const { env } = process
  return {
    apiPort: Number(env.PORT) || portDefault,
    env: {
      JWT_SECRET: jwtSecret,
      OPS_KEY: opsKey,
      DEV_TOKENS: 'true',
      LOG_LEVEL: env.LOG_LEVEL || logLevel,
      RESERVE_STRATEGY: env.RESERVE_STRATEGY,
      REDIS_ALLOW_UNSAFE: env.REDIS_ALLOW_UNSAFE,
    },
    // What is not finished by then is in the outbox, and is finished by the next worker.
    stopWithinMs: 3_000,
  }
}
