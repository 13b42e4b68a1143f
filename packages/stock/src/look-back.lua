-- Read which of the orders that a process accepted still wait for their commit, if the ledger is the one that took them. A ledger
-- that lacks what the process wrote was rewound: it is suspended.
-- KEYS  1 ledger  2 outbox  3 orders
-- ARGV  1 BIRTH.EPOCH at which the process accepted  2 highest sequence that it has seen there  3 id of the newest order that it
--       accepted there
-- Reply {sequence, number of entries that wait, id of the oldest, id of the newest}, without ids when none waits; {'E'} another
--       item's, or another epoch; {'M'} not loaded
-- include: ledger-preamble.lua
local stale = staleFor(ARGV[1])
if stale then return stale end -- guard: the claim
local lacks = false
if tonumber(sequence) < tonumber(ARGV[2]) then lacks = true end -- guard: rewound
-- Others may have sold since, so that the sequence fits again.
if call('HEXISTS', KEYS[3], ARGV[3]) == 0 then lacks = true end -- guard: an order is gone
if lacks then
  suspend()
  return {'M'}
end
local oldest, newest = call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1], call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
return {tonumber(sequence), call('XLEN', KEYS[2]), oldest and oldest[1], newest and newest[1]}
