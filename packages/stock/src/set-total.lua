-- Set an item's total to an absolute number and move available by the difference, as the holder of the item's lease.
-- Absolute, so that doing it twice does it once. Postgres is raised before; lowering happens here first.
-- KEYS  1 ledger  2 lock
-- ARGV  1 owner token  2 BIRTH.EPOCH  3 total  4 its version
-- Reply {'OK'}; {'O'} the lease is another's; {'E'} another epoch; {'M'} not loaded; {'T'} more units than that are taken
-- include: ledger-preamble.lua
local refused = lostBy(ARGV[1]) or staleFor(ARGV[2])
if refused then return refused end -- guard: the claim
local left = available + ARGV[3] - total
if left < 0 then return {'T'} end -- guard: units taken
call('HSET', KEYS[1], 'total', ARGV[3], 'totalVersion', ARGV[4], 'available', string.format('%d', left), 'sequence', string.format('%d', sequence + 1))
return {'OK'}
