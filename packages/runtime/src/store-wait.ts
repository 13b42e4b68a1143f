import type { Logger } from './logger.ts'

export type AwaitedStore = 'Redis' | 'Postgres'

/** What a process that is starting waits for. */
export interface StoreWait {
  /** Why the process is not ready, in a sentence. */
  readonly reason: string
  /** The store was tried and cannot be used yet; each reason is logged once. */
  failed(store: AwaitedStore, why: string): void
  /** The store can be used. Logged if it was waited for. */
  answered(store: AwaitedStore): void
}

/** Tells what a starting process waits for. Redis is waited for first. */
export function createStoreWait(logger: Pick<Logger, 'info' | 'warn'>): StoreWait {
  let awaited: AwaitedStore = 'Redis'
  const told = new Set<string>()
  return {
    get reason() {
      return `This process is starting: it waits for ${awaited}.`
    },
    failed(store, reason) {
      awaited = store
      if (told.has(reason)) return
      told.add(reason)
      logger.warn({ reason }, `waiting for ${store}`)
    },
    answered(store) {
      if (told.size > 0) logger.info(`${store} is there`)
      told.clear()
      awaited = 'Postgres'
    },
  }
}
