import type { Redis } from 'ioredis'

/** The address of the master if this Redis is a replica, which takes no orders; undefined if this Redis is a master. */
export async function readMasterOf(redis: Redis): Promise<string | undefined> {
  const info = await redis.info('replication')
  if (!/^role:slave\b/m.test(info)) return undefined
  const [host, port] = ['master_host', 'master_port'].map((name) => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1])
  return `${host}:${port}`
}
