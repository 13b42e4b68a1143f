-- Extends a permit, if it is still this owner's. One that expired is lost even if nobody took it since: somebody may have had it in
-- between.
--
-- KEYS 1 permits   zset, owner -> Redis ms until which its permit lasts
-- ARGV 1 owner
--      2 leaseMs   counted from now
--
-- Reply 1 extended, 0 lost
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
local untilMs = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0)
if untilMs <= nowMs then return 0 end -- guard: a permit that ended
redis.call('ZADD', KEYS[1], nowMs + ARGV[2], ARGV[1])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end -- guard: the end of the key
return 1
