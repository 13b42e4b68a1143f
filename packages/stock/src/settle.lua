-- Close a ledger for good whose sale is over and whose books are those of Postgres, as the holder of the item's lease. From here
-- on it takes nothing, adopted orders included, so that its outbox stays empty; it goes on answering replays and look-ups. For a
-- version that does not know the field `settled`, the ledger is closed: it sells nothing from it, and finds nothing amiss.
-- KEYS  1 ledger  2 outbox  3 lock
-- ARGV  1 owner token  2 epoch  3 total  4 available
-- Reply 'OK'; 'L' the lease is another's; 'E' another epoch; 'M' not loaded; 'N' not over, or the books are not closed yet
local call = redis.call
local l = call('HMGET', KEYS[1], 'format', 'stamp', 'state', 'epoch', 'total', 'available', 'closesAt')
local stamp = string.match(call('INFO', 'replication'), 'master_replid:(%x+)')
if call('GET', KEYS[3]) ~= ARGV[1] then return 'L' end
if l[1] ~= '1' or l[2] ~= stamp or l[3] == 'rebuilding' then return 'M' end
if l[4] ~= ARGV[2] then return 'E' end
local time = call('TIME')
local over = l[3] == 'closed' or time[1] * 1000 + math.floor(time[2] / 1000) >= tonumber(l[7])
if not over or call('XLEN', KEYS[2]) > 0 or l[5] ~= ARGV[3] or l[6] ~= ARGV[4] then return 'N' end
call('HSET', KEYS[1], 'state', 'closed', 'settled', '1')
return 'OK'
