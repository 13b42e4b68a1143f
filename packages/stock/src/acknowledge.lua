-- Delete outbox entries whose orders are in Postgres, only where they are the entries meant: after a promotion or a rebuild
-- another batch can carry the same stream id, so the Redis is the one that the ledger was loaded into, and the entry's own
-- epoch is compared. Entries of an older epoch than the ledger's are remains, and go too.
-- KEYS  1 ledger  2 outbox
-- ARGV  1 epoch of the entries  2.. entry ids
-- Reply number of entries deleted, or -1: another Redis, or a ledger older than the entries; nothing deleted
local ledger = redis.call('HMGET', KEYS[1], 'stamp', 'epoch')
local stamp = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
if ledger[1] ~= stamp or tonumber(ledger[2] or 0) < tonumber(ARGV[1]) then return -1 end
if ledger[2] == ARGV[1] then return redis.call('XDEL', KEYS[2], unpack(ARGV, 2)) end
local deleted = 0
for i = 2, #ARGV do
  local entry = redis.call('XRANGE', KEYS[2], ARGV[i], ARGV[i])[1]
  if entry and entry[2][1] == 'epoch' and entry[2][2] == ARGV[1] then deleted = deleted + redis.call('XDEL', KEYS[2], ARGV[i]) end
end
return deleted
