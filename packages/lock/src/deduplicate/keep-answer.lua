-- Keeps the answer to a request, unless another request of its scope began since, or the same one again because this holder's lease
-- ended.
--
-- KEYS 1 last      string, what was done last in a scope: "begun OWNER" or "answered DIGEST ANSWER"
-- ARGV 1 digest    of the request
--      2 owner     as it was given to begin-answer.lua
--      3 answer
--      4 windowMs  how long it is kept
--
-- Reply 1 kept, 0 not
if redis.call('GET', KEYS[1]) ~= 'begun ' .. ARGV[2] then return 0 end -- guard: begun since
redis.call('SET', KEYS[1], 'answered ' .. ARGV[1] .. ' ' .. ARGV[3], 'PX', ARGV[4])
return 1
