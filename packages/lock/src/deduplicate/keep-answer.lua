-- Keeps the answer to a request, unless another request of its scope began since, or the same one again because this holder's lease
-- ended. Another one is not answered again either: which of the two took effect last is not known.
--
-- KEYS 1 last      string, what was done last in a scope: "begun OWNER DIGEST" or "answered DIGEST UNTIL ANSWER"
-- ARGV 1 digest    of the request
--      2 owner     as it was given to begin-answer.lua
--      3 answer
--      4 windowMs  how long the same request gets it
--      5 waitMs    how long such a request may wait for its turn
--
-- Reply 1 kept, 0 not
local last = redis.call('GET', KEYS[1]) or ''
local isLast = last == 'begun ' .. ARGV[2] .. ' ' .. ARGV[1]
local digest = string.match(last, '^begun %S+ (%S+)$') or string.match(last, '^answered (%S+) ')
local isOfAnother = not isLast
  and digest ~= ARGV[1] -- guard: the answer of another holder
if isOfAnother then redis.call('DEL', KEYS[1]) end -- guard: the answer of an act under way at once
if not isLast then return 0 end -- guard: begun since
local time = redis.call('TIME')
local untilMs = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[4]
local record = string.format('answered %s %.0f %s', ARGV[1], untilMs, ARGV[3])
redis.call('SET', KEYS[1], record, 'PX', ARGV[4] + ARGV[5])
return 1
