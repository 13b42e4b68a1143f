-- Set the stored state of a ledger, as the holder of the item's lease; it is not settled any more then. Never leaves 'rebuilding',
-- nor 'closed' unless that came of the settlement: only a rebuild does (a rebuild that finds an item oversold leaves it closed).
-- KEYS  1 ledger  2 lock
-- ARGV  1 owner token  2 BIRTH.EPOCH  3 state: live, paused or closed
-- Reply {'OK'}; {'O'} the lease is another's; {'E'} another epoch; {'M'} not loaded; {'C'} closed already
-- include: ledger-preamble.lua
local refused = lostBy(ARGV[1]) or staleFor(ARGV[2])
if refused then return refused end -- guard: the claim
if state == 'closed' and ARGV[3] ~= 'closed' and call('HGET', KEYS[1], 'settled') ~= '1' then return {'C'} end -- guard: closed
call('HSET', KEYS[1], 'state', ARGV[3], 'saleState', ARGV[3])
call('HDEL', KEYS[1], 'settled')
return {'OK'}
