-- Set an item's total to an absolute number and move available by the difference, as the holder of the item's lease.
-- Absolute, so that doing it twice does it once. Postgres is raised before; lowering happens here first.
-- KEYS  1 ledger  2 lock
-- ARGV  1 owner token  2 epoch  3 total
-- Reply 'OK'; 'L' the lease is another's; 'E' another epoch; 'M' not loaded; 'S' more units than that are taken
local l = redis.call('HMGET', KEYS[1], 'format', 'stamp', 'state', 'epoch', 'total', 'available', 'sequence')
local stamp = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 'L' end
if l[1] ~= '1' or l[2] ~= stamp or l[3] == 'rebuilding' then return 'M' end
if l[4] ~= ARGV[2] then return 'E' end
local available = l[6] + ARGV[3] - l[5]
if available < 0 then return 'S' end
redis.call('HSET', KEYS[1], 'total', ARGV[3], 'available', string.format('%d', available),
  'sequence', string.format('%d', l[7] + 1))
return 'OK'
