-- Delete outbox entries whose orders are in Postgres, only while this is the ledger that wrote them: after a promotion or
-- a rebuild another batch can carry the same stream id.
-- KEYS  1 ledger  2 outbox
-- ARGV  1 epoch of the entries  2.. entry ids
-- Reply number of entries deleted, or -1: another stamp or epoch, nothing deleted
local ledger = redis.call('HMGET', KEYS[1], 'stamp', 'epoch')
local stamp = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
if ledger[1] ~= stamp or ledger[2] ~= ARGV[1] then return -1 end
return redis.call('XDEL', KEYS[2], unpack(ARGV, 2))
