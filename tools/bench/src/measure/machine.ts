import { availableParallelism, cpus, totalmem } from 'node:os'
import type { Redis } from 'ioredis'
import type { Client } from 'pg'

/** The machine of a run, without its name. */
export interface Machine {
  readonly cores: number
  readonly cpu: string
  readonly memoryGiB: number
  readonly platform: string
  readonly node: string
  readonly redis: string
  readonly postgres: string
}

export async function describeMachine(redis: Redis, postgres: Client): Promise<Machine> {
  const { rows } = await postgres.query('SHOW server_version')
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    redis: /redis_version:(\S+)/.exec(await redis.info('server'))?.[1] ?? 'unknown',
    postgres: String(rows[0].server_version),
  }
}
