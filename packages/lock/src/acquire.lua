-- Takes the lease of a lock if it is free, or already this owner's (the client resent a command whose reply was lost).
--
-- KEYS 1 lock      string, the holder's owner token, with PX
--      2 fence     counter, raised by every acquisition
--      3 waiters   zset, owner -> ticket: the queue of those who asked for their turn
--      4 seen      zset, owner -> Redis ms until which that waiter counts as alive
--      5 holder    "owner since label": who has it, in words; told of, never judged by
-- ARGV 1 owner     random token, one per acquisition
--      2 leaseMs
--      3 aliveMs   0: take it if free, whoever queues; else queue, and count as alive for so long after this call
--      4 label     '' for none, then nothing is told
--      5 how long the label is kept at most, in ms
--      6 how long the fence is kept from now on, in ms; 0 for ever
--
-- Reply {1, fence}    taken
--       {0, busyMs}   another holds it, or another's turn: when that ends by itself; negative if never
local lock, fence, waiters, seen = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local owner, leaseMs, aliveMs = ARGV[1], ARGV[2], tonumber(ARGV[3])

local holder = redis.call('GET', lock)

-- A free lock that nobody queues for needs no queue.
local isQueued = aliveMs > 0 and (holder or redis.call('EXISTS', waiters) == 1)
if isQueued and holder ~= owner then -- guard: the queue
  local time = redis.call('TIME')
  local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
  -- Dead, or from before the clock was set back: alive for longer than anybody asks for.
  for _, range in ipairs({ { '-inf', nowMs }, { '(' .. nowMs + 2 * aliveMs, '+inf' } }) do
    for _, dead in ipairs(redis.call('ZRANGEBYSCORE', seen, range[1], range[2])) do
      redis.call('ZREM', waiters, dead)
      redis.call('ZREM', seen, dead)
    end
  end

  if not redis.call('ZSCORE', waiters, owner) then -- guard: a ticket
    local last = redis.call('ZRANGE', waiters, -1, -1, 'WITHSCORES')
    redis.call('ZADD', waiters, (last[2] or 0) + 1, owner)
  end
  redis.call('ZADD', seen, nowMs + aliveMs, owner)
  redis.call('PEXPIRE', waiters, aliveMs)
  redis.call('PEXPIRE', seen, aliveMs)

  local first = redis.call('ZRANGE', waiters, 0, 0)[1]
  if not holder and first ~= owner then -- guard: the turn of another
    return { 0, redis.call('ZSCORE', seen, first) - nowMs }
  end
end

if holder and holder ~= owner then return { 0, redis.call('PTTL', lock) } end -- guard: held by another

redis.call('SET', lock, owner, 'PX', leaseMs)
if ARGV[4] ~= ''
  and holder ~= owner -- guard: the label of a lease taken before
then
  local time = redis.call('TIME')
  local since = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
  redis.call('SET', KEYS[5], owner .. ' ' .. since .. ' ' .. ARGV[4], 'PX', ARGV[5])
end
if isQueued then
  redis.call('ZREM', waiters, owner)
  redis.call('ZREM', seen, owner)
end
local token = redis.call('INCR', fence)
if ARGV[6] ~= '0' then redis.call('PEXPIRE', fence, ARGV[6]) end
return { 1, token }
