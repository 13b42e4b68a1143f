-- Set the stored state of a ledger, as the holder of the item's lease; it is not settled any more then. Never leaves 'rebuilding',
-- nor 'closed' unless that came of the settlement: only a rebuild does (a rebuild that finds an item oversold leaves it closed).
-- KEYS  1 ledger  2 lock
-- ARGV  1 owner token  2 epoch  3 state: live, paused or closed
-- Reply 'OK'; 'L' the lease is another's; 'E' another epoch; 'M' not loaded; 'C' closed already
local l = redis.call('HMGET', KEYS[1], 'format', 'stamp', 'state', 'epoch', 'settled')
local stamp = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 'L' end
if l[1] ~= '1' or l[2] ~= stamp or l[3] == 'rebuilding' then return 'M' end
if l[4] ~= ARGV[2] then return 'E' end
if l[3] == 'closed' and ARGV[3] ~= 'closed' and l[5] ~= '1' then return 'C' end
redis.call('HSET', KEYS[1], 'state', ARGV[3])
redis.call('HDEL', KEYS[1], 'settled')
return 'OK'
