-- Gives a lease up, if it is still this owner's, and this owner's place in the queue, if it has one; tells the waiters.
--
-- KEYS 1 lock      string, the holder's owner token, with PX
--      2 waiters   zset, owner -> ticket
--      3 seen      zset, owner -> Redis ms until which that waiter counts as alive
--      4 holder    "owner since label"
-- ARGV 1 owner
--      2 channel   where to tell; the message is the owner whose turn it is, empty if nobody queues
--
-- Reply 1 released, 0 was not (or no longer) this owner's
local lock, waiters, seen = KEYS[1], KEYS[2], KEYS[3]
local owner, channel = ARGV[1], ARGV[2]

local held = true
  and redis.call('GET', lock) == owner -- guard: held by another
if held then redis.call('DEL', lock, KEYS[4]) end
local isQueue = redis.call('EXISTS', waiters) == 1
local left = isQueue and redis.call('ZREM', waiters, owner) == 1
if left then redis.call('ZREM', seen, owner) end

-- The first in the queue may leave a free lock behind: the next must hear of it.
if held
  or left and redis.call('EXISTS', lock) == 0 -- guard: the turn of the next
then
  local first
  if isQueue then
    local time = redis.call('TIME')
    local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
    for _, dead in ipairs(redis.call('ZRANGEBYSCORE', seen, '-inf', nowMs)) do
      redis.call('ZREM', waiters, dead)
      redis.call('ZREM', seen, dead)
    end
    first = redis.call('ZRANGE', waiters, 0, 0)[1]
  end
  redis.call('PUBLISH', channel, first or '')
end

return held and 1 or 0
