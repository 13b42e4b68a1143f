import { setTimeout as sleep } from 'node:timers/promises'
import type { LocalRedis } from '@flash-sale/local-stack/redis/start-redis'
import { Redis } from 'ioredis'

/** A replica that follows the town's Redis. */
export interface TownReplica {
  /** From now on nothing is copied to it. */
  readonly cut: () => Promise<void>
  /** Makes it a master and stops it. Resolves with its folder, for the server that takes the place of its master. */
  readonly promote: () => Promise<string>
}

const syncWithinMs = 30_000
/** Nothing listens there. */
const nowhere = '1'

/** Lets a server follow the one at `port`. Resolves when it has caught up. */
export async function followMaster(replica: LocalRedis, port: number, signal: AbortSignal): Promise<TownReplica> {
  const use = async <Value>(work: (client: Redis) => Promise<Value>) => {
    const client = new Redis(replica.url, { maxRetriesPerRequest: 1 })
    client.on('error', () => undefined)
    try {
      return await work(client)
    } finally {
      client.disconnect()
    }
  }
  await use(async (client) => {
    await client.replicaof('127.0.0.1', String(port))
    const deadline = performance.now() + syncWithinMs
    while (!(await client.info('replication')).includes('master_link_status:up')) {
      if (performance.now() > deadline) throw new Error('a replica did not follow its master in time')
      await sleep(20, undefined, { signal })
    }
  })
  return {
    cut: () => use(async (client) => void (await client.replicaof('127.0.0.1', nowhere))),
    async promote() {
      await use((client) => client.replicaof('NO', 'ONE'))
      replica.kill('SIGTERM')
      await replica.exited
      return replica.dataDir
    },
  }
}
