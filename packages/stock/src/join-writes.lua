-- Join what processes know of the writes to a lost making of a ledger: a write that is neither committed nor offered again by any of
-- them may be lost.
-- KEYS  1 joined
-- ARGV  1 expiry in ms  2 sequence up to which all was committed  3 highest sequence seen  4.. sequences of the batches offered
-- Reply number of writes that may be lost, by what was joined so far
local call = redis.call
local committed, seen = call('HGET', KEYS[1], 'committed') or 0, call('HGET', KEYS[1], 'seen') or 0
committed, seen = math.max(committed, ARGV[2]), math.max(seen, ARGV[3])
call('HSET', KEYS[1], 'committed', committed, 'seen', seen)
for i = 4, #ARGV do call('HSET', KEYS[1], ARGV[i], '') end
call('PEXPIRE', KEYS[1], ARGV[1])
local offered = 0
for _, field in ipairs(call('HKEYS', KEYS[1])) do
  if (tonumber(field) or 0) > committed then offered = offered + 1 end
end
return seen - committed - offered
