-- Gives this master's vote to an owner, unless another owner has it.
--
-- KEYS 1 lock      string, the owner's token, with PX
-- ARGV 1 owner     random token, one per acquisition; the same for each try of it
--      2 leaseMs
--
-- Reply {1}                 given, or given again: the reply of an earlier try may have been lost
--       {0, busyMs, owner}  another has it: when that ends by itself; negative if never
local holder = redis.call('GET', KEYS[1])
local isAnothers = holder
  and holder ~= ARGV[1] -- guard: one's own vote
if isAnothers then return { 0, redis.call('PTTL', KEYS[1]), holder } end -- guard: held by another
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return { 1 }
