-- Finds the answer to a request, or marks the request as begun. Called under the request's lock.
--
-- KEYS 1 last      string, what was done last in a scope: "begun OWNER DIGEST" or "answered DIGEST UNTIL ANSWER"
-- ARGV 1 digest    of the request
--      2 owner     of the request's lock
--      3 markMs    how long the mark is kept at most
--      4 waitedMs  how long ago the request came: it may have waited for longer than the window
--
-- Reply {1, answer}   the request came before the window's end, and nothing else was done in its scope since
--       {0}           marked
local last = redis.call('GET', KEYS[1]) or ''
local digest, untilMs, answer = string.match(last, '^answered (%S+) (%d+) (.*)$')
local time = redis.call('TIME')
local cameMs = time[1] * 1000 + math.floor(time[2] / 1000) - ARGV[4]
local isAnswered = answer
  and digest == ARGV[1] -- guard: the answer to another request
  and cameMs <= tonumber(untilMs) -- guard: the window
if isAnswered then return { 1, answer } end -- guard: the first answer
redis.call('SET', KEYS[1], 'begun ' .. ARGV[2] .. ' ' .. ARGV[1], 'PX', ARGV[3])
return { 0 }
