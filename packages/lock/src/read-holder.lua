-- Tells who has a lock, since when, and how long yet. Writes nothing.
--
-- KEYS 1 lock      string, the holder's owner token, with PX
--      2 holder    "owner since label" of the last who had it and said who they are
--
-- Reply {}                          free
--       {owner, leftMs}             leftMs negative: it does not end by itself
--       {owner, leftMs, "since label"}
local owner = redis.call('GET', KEYS[1])
if not owner then return {} end -- guard: free
local leftMs, told = redis.call('PTTL', KEYS[1]), redis.call('GET', KEYS[2])
-- Told by one who had it before, it says nothing of this one.
if not told or string.sub(told, 1, #owner + 1) ~= owner .. ' ' then return { owner, leftMs } end -- guard: the label of another
return { owner, leftMs, string.sub(told, #owner + 2) }
