import type { Database } from '@flash-sale/database/connect'
import type { Locks } from '@flash-sale/lock/locks'
import type { Redis } from 'ioredis'

/** Both stores, and the locks that Redis keeps. */
export interface Stores {
  readonly redis: Redis
  readonly database: Database
  readonly locks: Locks
}
