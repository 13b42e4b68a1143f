-- Find an accepted order in the ledger, persisted or not. Writes nothing.
-- KEYS  1 ledger  2 orders
-- ARGV  1 BIRTH.EPOCH  2 highest sequence the caller has seen at that epoch  3 orderId
-- Reply {packed order}; {} when this ledger does not know it; {'E'} another epoch; {'M'} not loaded, or a replica, whose
--       ledger is of a while ago, or accepted orders may come back yet: nothing can be said
-- include: ledger-preamble.lua
local stale = staleFor(ARGV[1])
if stale then return stale end -- guard: the claim
if tonumber(sequence) < tonumber(ARGV[2]) then return {'M'} end -- guard: rewound
local packed, filler = unpack(call('HMGET', KEYS[2], ARGV[3], '\0'))
if not filler then return {'M'} end -- guard: orders missing
if not packed and offersOnlyForMs() then return {'M'} end -- guard: offers come first
return packed and {packed} or {}
