-- Stop selling from a ledger that was proven wrong, until a rebuild has made it anew. Anyone may enter 'rebuilding'.
-- KEYS  1 ledger
-- ARGV  1 epoch of the ledger that is meant
-- Reply 1, or 0: it is another by now
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 0 end -- guard: another epoch
redis.call('HSET', KEYS[1], 'state', 'rebuilding')
return 1
