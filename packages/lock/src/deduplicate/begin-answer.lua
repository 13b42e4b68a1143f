-- Finds the answer to a request, or marks the request as begun. Called under the request's lock.
--
-- KEYS 1 last      string, what was done last in a scope: "begun OWNER" or "answered DIGEST ANSWER"
-- ARGV 1 digest    of the request
--      2 owner     of the request's lock
--      3 markMs    how long the mark is kept at most
--
-- Reply {1, answer}   it was answered, and nothing else was done in its scope since
--       {0}           marked
local last = redis.call('GET', KEYS[1])
local head = 'answered ' .. ARGV[1] .. ' '
local isAnswered = last
  and string.sub(last, 1, #head) == head -- guard: the answer to another request
if isAnswered then return { 1, string.sub(last, #head + 1) } end -- guard: the first answer
redis.call('SET', KEYS[1], 'begun ' .. ARGV[2], 'PX', ARGV[3])
return { 0 }
