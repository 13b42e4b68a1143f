import type { RedisServer } from '@flash-sale/local-stack/redis/find-redis-server'
import { inject, type ProvidedContext } from 'vitest'

export type TemplateDatabase = { readonly url: string } | { readonly failure: string }

declare module 'vitest' {
  export interface ProvidedContext {
    /** A migrated database that nobody connects to: test databases are copies of it. */
    templateDatabase: TemplateDatabase
    redisServer: RedisServer
    /** The folder of this run: what test files start works in it, and is ended with it. */
    runFolder: string
    /** Whether test files run again when a source changes. */
    isWatching: boolean
  }
}

/** What the global set-up made for all test files. */
export function provided<Name extends keyof ProvidedContext>(name: Name): ProvidedContext[Name] {
  return inject(name)
}
