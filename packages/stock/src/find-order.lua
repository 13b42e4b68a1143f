-- Find an accepted order in the ledger, persisted or not. Writes nothing.
-- KEYS  1 ledger  2 orders
-- ARGV  1 epoch  2 highest sequence the caller has seen at that epoch  3 orderId
-- Reply {packed order}; {} when this ledger does not know it; {'E'} another epoch; {'M'} not loaded, or a
--       replica, whose ledger is of a while ago: nothing can be said
local l = redis.call('HMGET', KEYS[1], 'format', 'stamp', 'state', 'epoch', 'sequence')
local stamp = string.match(redis.call('INFO', 'replication'), 'role:master.*master_replid:(%x+)')
if l[1] ~= '1' or l[2] ~= stamp or l[3] == 'rebuilding' then return {'M'} end
if l[4] ~= ARGV[1] then return {'E'} end
if tonumber(l[5]) < tonumber(ARGV[2]) then return {'M'} end
local packed = redis.call('HGET', KEYS[2], ARGV[3])
return packed and {packed} or {}
