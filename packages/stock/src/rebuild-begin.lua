-- First step of a rebuild in Redis: from here on nothing is sold, until rebuild-commit.lua. An expired lease does not undo it.
-- KEYS  1 ledger  2 lock
-- ARGV  1 owner token
-- Reply {stamp of this Redis, epoch of the ledger found or ''}; {} when the lease is another's
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return {} end
redis.call('HSET', KEYS[1], 'state', 'rebuilding')
local stamp = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
return {stamp, redis.call('HGET', KEYS[1], 'epoch') or ''}
