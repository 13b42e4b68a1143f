-- Gives a permit back, if it is still this owner's, and tells the waiters.
--
-- KEYS 1 permits   zset, owner -> Redis ms until which its permit lasts
-- ARGV 1 owner
--      2 channel   where to tell; the message is empty: any waiter may take it
--
-- Reply 1 released, 0 was not (or no longer) this owner's
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
local untilMs = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0)
redis.call('ZREM', KEYS[1], ARGV[1])
if untilMs <= nowMs then return 0 end -- guard: a permit that ended
redis.call('PUBLISH', ARGV[2], '')
return 1
