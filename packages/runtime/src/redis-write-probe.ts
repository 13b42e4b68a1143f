import { ReplyError, type Redis } from 'ioredis'
import { createSharedRead } from './shared-read.ts'

const probeKey = '{flash-sale}:probe'
const probeKeptMs = 60_000
/** However many ask: each write of a probe is synced to the disk, as an order is. */
const writeEveryMs = 1_000

/**
 * Finds out by a small write whether Redis takes writes: only that tells of a full memory, a full disk and too few replicas alike. Resolves
 * with the fault, a sentence; with undefined if it takes them. Rejects when it does not answer.
 */
export function createWriteProbe(redis: Redis): () => Promise<string | undefined> {
  return createSharedRead(async () => {
    try {
      await redis.set(probeKey, '1', 'PX', probeKeptMs)
      return undefined
    } catch (error) {
      if (!(error instanceof ReplyError)) throw error
      return `Redis refuses writes: ${(error as Error).message.replace(/\.$/, '')}.`
    }
  }, writeEveryMs)
}
