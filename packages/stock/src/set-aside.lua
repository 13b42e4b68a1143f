-- Move what an item left in Redis aside, where nothing sells it or offers it, as the holder of the item's lease.
-- KEYS  1 ledger  2 lock  3 buyers  4 orders  5 outbox
-- ARGV  1 owner token
-- Reply {'OK', key prefix of what was moved}; {'O'} the lease is another's
-- include: ledger-preamble.lua
-- include: aside-preamble.lua
local lost = lostBy(ARGV[1])
if lost then return lost end -- guard: the lease
moveAside()
return {'OK', movedTo}
