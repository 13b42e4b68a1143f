-- Forget that orders of a ledger may be lost, once people were told. Another loss, or another making, is told by itself.
-- KEYS  1 ledger
-- ARGV  1 BIRTH.EPOCH  2 the units that were told
-- Reply {'OK'}; {'E'} another item's, or another epoch; {'M'} not loaded
-- include: ledger-preamble.lua
local stale = staleFor(ARGV[1])
if stale then return stale end -- guard: the claim
if call('HGET', KEYS[1], 'lacking') ~= ARGV[2] then return {'OK'} end -- guard: another loss
if offersOnlyForMs() then return {'OK'} end -- guard: offers may come yet
call('HDEL', KEYS[1], 'lacking')
return {'OK'}
