-- Delete outbox entries whose orders are in Postgres, only where they are the entries meant: after a promotion or a rebuild
-- another batch can carry the same stream id, so the Redis is the one that the ledger was loaded into, and the entry's own
-- epoch is compared. Entries of an older epoch than the ledger's are remains, and go too.
-- KEYS  1 ledger  2 outbox
-- ARGV  1 epoch of the entries  2.. entry ids
-- Reply number of entries deleted, or -1: another Redis, or a ledger older than the entries; nothing deleted
-- include: ledger-preamble.lua
if loadedInto ~= stamp then return -1 end -- guard: entries of another Redis
if tonumber(epoch or 0) < tonumber(ARGV[1]) then return -1 end -- guard: entries of a newer epoch
if epoch == ARGV[1] then
  return call('XDEL', KEYS[2], unpack(ARGV, 2))
end
local deleted = 0
for i = 2, #ARGV do
  local entry = call('XRANGE', KEYS[2], ARGV[i], ARGV[i])[1]
  if entry
    and entry[2][1] == 'epoch' and entry[2][2] == ARGV[1] -- guard: the epoch of each entry
  then deleted = deleted + call('XDEL', KEYS[2], ARGV[i]) end
end
return deleted
