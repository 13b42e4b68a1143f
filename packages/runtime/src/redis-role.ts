import type { Redis } from 'ioredis'

/** The part of a Redis in its replication. */
export interface Replication {
  /** The address of the master if this Redis is a replica, which takes no orders; undefined if this Redis is a master. */
  readonly master: string | undefined
  /** Replicas that follow this master without falling behind. */
  readonly onlineReplicaCount: number
}

/** A replica says each second how far it came. */
const lagMsMax = 5_000

export async function readReplication(redis: Redis): Promise<Replication> {
  const info = await redis.info('replication')
  const lags = [...info.matchAll(/^slave\d+:.*\bstate=online\b.*\blag=(\d+)/gm)].map(([, seconds]) => Number(seconds))
  const onlineReplicaCount = lags.filter((seconds) => seconds * 1_000 <= lagMsMax).length
  if (!/^role:slave\b/m.test(info)) return { master: undefined, onlineReplicaCount }
  const [host, port] = ['master_host', 'master_port'].map((name) => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1])
  return { master: `${host}:${port}`, onlineReplicaCount }
}

/** The address of the master, if this Redis is a replica. */
export async function readMasterOf(redis: Redis): Promise<string | undefined> {
  return (await readReplication(redis)).master
}
