-- Gives a vote back that made no majority, if it is still this owner's. Tells no waiter: no lock is free by that, and a waiter that heard
-- of its own vote would ask again at once.
--
-- KEYS 1 lock      string, the owner's token, with PX
-- ARGV 1 owner
--
-- Reply 1 given back, 0 was not (or no longer) this owner's
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end -- guard: held by another
return redis.call('DEL', KEYS[1])
