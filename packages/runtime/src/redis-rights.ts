import { ReplyError, type Redis } from 'ioredis'

/** One command of each kind that the service runs, on a key of each kind. `ACL` rights are by command, key and channel. */
const needed: readonly (readonly string[])[] = [
  ['INFO', 'replication'],
  ['TIME'],
  ['HSET', '{item:0}:ledger', 'field', 'value'],
  ['XADD', '{item:0}:outbox', '*', 'field', 'value'],
  ['SET', '{item:0}:lock', 'value'],
  ['PUBLISH', '{item:0}:released', 'message'],
  ['SUBSCRIBE', '{item:0}:released'],
  ['SET', '{operator-act:0}:lock', 'value'],
  ['SUBSCRIBE', '{operator-act:0}:released'],
  ['XADD', '{flash-sale}:reports', '*', 'field', 'value'],
  ['ZADD', '{flash-sale}:orders:delayed', '1', 'member'],
  ['BZPOPMIN', '{flash-sale}:orders:marker', '1'],
  ['EVALSHA', 'sha', '0'],
]

/** Asks whether this user may run the commands, and runs none. Reply: the number of the first forbidden command, or 0. */
const firstLacking = `
  for i, command in ipairs(cjson.decode(ARGV[1])) do
    if not redis.acl_check_cmd(unpack(command)) then return i end
  end
  return 0`

/** The first right that the user of this connection lacks, for a person; undefined if it lacks none, or if Redis cannot tell. */
export async function lackingRedisRight(redis: Redis): Promise<string | undefined> {
  try {
    const number = Number(await redis.eval(firstLacking, 0, JSON.stringify(needed)))
    const command = needed[number - 1]
    return command && command.slice(0, 2).join(' ')
  } catch (error) {
    if (!(error instanceof Error && error instanceof ReplyError)) throw error
    return error.message.startsWith('NOPERM') ? 'EVAL' : undefined
  }
}
