-- Takes one of the permits of a semaphore if one is free, or this owner's own (the client resent a command whose reply was lost).
--
-- KEYS 1 permits   zset, owner -> Redis ms until which its permit lasts
-- ARGV 1 owner     random token, one per acquisition
--      2 leaseMs
--      3 limit     how many permits there are
--
-- Reply {1}           taken
--       {0, busyMs}   none is free: when the next one ends by itself
local permits, owner, leaseMs = KEYS[1], ARGV[1], tonumber(ARGV[2])

local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', permits, '-inf', nowMs)

local isFull = redis.call('ZCARD', permits) >= tonumber(ARGV[3])
  and not redis.call('ZSCORE', permits, owner) -- guard: one's own permit
if isFull then return { 0, redis.call('ZRANGE', permits, 0, 0, 'WITHSCORES')[2] - nowMs } end -- guard: all permits taken

redis.call('ZADD', permits, nowMs + leaseMs, owner)
-- Not sooner than the permit of anyone else ends.
if redis.call('PTTL', permits) < leaseMs then redis.call('PEXPIRE', permits, leaseMs) end -- guard: the end of the key
return { 1 }
