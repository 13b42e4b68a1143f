/** As far as the bench uses it: the package's own types are not where its `exports` say. */
declare module 'redlock' {
  import type { Redis } from 'ioredis'

  export default class Redlock {
    constructor(clients: Iterable<Redis>, settings?: { readonly retryCount?: number })
    acquire(resources: string[], durationMs: number): Promise<{ release(): Promise<unknown> }>
  }
}
