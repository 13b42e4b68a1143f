-- Load a chunk of a new ledger under temporary keys, named after the owner, so that a paused former holder cannot mix in.
-- They expire when nobody goes on. Absolute values, so that a chunk sent twice counts once.
-- KEYS  1 lock  2 temporary orders  3 temporary buyers
-- ARGV  1 owner token  2 expiry in ms  3 JSON [[orderId, packed, ..], [buyer, units, ..]] (at most 2048 elements each)
-- Reply 1, or 0 when the lease is another's
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end -- guard: the lease
local chunk = cjson.decode(ARGV[3])
for i = 1, 2 do
  -- One value over 64 bytes makes it a real hash table for good: a small hash is a list, scanned for every field
  -- (measured: 22 us an order instead of 4). No orderId or buyer contains a NUL.
  redis.call('HSET', KEYS[i + 1], '\0', string.rep('-', 65))
  if #chunk[i] > 0 then redis.call('HSET', KEYS[i + 1], unpack(chunk[i])) end
  redis.call('PEXPIRE', KEYS[i + 1], ARGV[2])
end
return 1
