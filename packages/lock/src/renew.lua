-- Extends a lease, if it is still this owner's. One that expired is lost even if nobody took it since: somebody may have
-- had it in between.
--
-- KEYS 1 lock      string, the holder's owner token, with PX
-- ARGV 1 owner
--      2 leaseMs   counted from now
--
-- Reply 1 extended, 0 lost
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end -- guard: held by another
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
