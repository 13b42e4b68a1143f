import { availableParallelism, cpus, totalmem } from 'node:os'
import type { Redis } from 'ioredis'
import { Client } from 'pg'

/** What a run ran on, without saying whose it is. */
export interface Machine {
  readonly cores: number
  readonly cpu: string
  readonly memoryGiB: number
  readonly platform: string
  readonly node: string
  readonly redis: string
  readonly postgres: string
}

export async function describeMachine(redis: Redis, databaseUrl: string): Promise<Machine> {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    redis: /redis_version:(\S+)/.exec(await redis.info('server'))?.[1] ?? 'unknown',
    postgres: await postgresVersion(databaseUrl),
  }
}

async function postgresVersion(connectionString: string): Promise<string> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    const { rows } = await client.query('SHOW server_version')
    return String(rows[0].server_version)
  } finally {
    await client.end()
  }
}
