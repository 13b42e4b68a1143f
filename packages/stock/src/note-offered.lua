-- Note that a process has offered a ledger that was made anew what older makings accepted. When the last one that is awaited has,
-- the ledger sells.
-- KEYS  1 ledger
-- ARGV  1 BIRTH.EPOCH  2 name of the process
-- Reply {'OK'}; {'E'} another item's, or another epoch; {'M'} not loaded
-- include: ledger-preamble.lua
local stale = staleFor(ARGV[1])
if stale then return stale end -- guard: the claim
local awaited = call('HGET', KEYS[1], 'awaited') or ''
local from, to = string.find(awaited, ' ' .. ARGV[2] .. ' ', 1, true)
if from then
  awaited = string.sub(awaited, 1, from) .. string.sub(awaited, to + 1)
  call('HSET', KEYS[1], 'awaited', awaited)
end
if awaited == ' ' then call('HDEL', KEYS[1], 'offersUntil', 'awaited', 'lacking') end -- guard: all have offered
return {'OK'}
