-- Delete outbox entries whose orders are in Postgres, only where they are the entries meant: after a promotion or a rebuild
-- another batch can carry the same stream id, so the Redis is the one that the ledger was loaded into, and the entry's own
-- making is compared. Entries of an older epoch than the ledger's are remains, and go too.
-- KEYS  1 ledger  2 outbox
-- ARGV  1 BIRTH.EPOCH of the entries  2.. entry ids
-- Reply number of entries deleted, or -1: another Redis, another item's ledger, or one older than the entries; nothing deleted
-- include: ledger-preamble.lua
if loadedInto ~= stamp then return -1 end -- guard: entries of another Redis
local claimedBirth, claimedEpoch = claimed(ARGV[1])
if isOfAnother(claimedBirth) then return -1 end -- guard: entries of another birth
if tonumber(epoch or 0) < tonumber(claimedEpoch) then return -1 end -- guard: entries of a newer epoch
if epoch == claimedEpoch then
  return call('XDEL', KEYS[2], unpack(ARGV, 2))
end
local deleted = 0
for i = 2, #ARGV do
  local entry = call('XRANGE', KEYS[2], ARGV[i], ARGV[i])[1]
  if entry
    and entry[2][1] == 'epoch' and entry[2][2] == claimedEpoch -- guard: the epoch of each entry
  then deleted = deleted + call('XDEL', KEYS[2], ARGV[i]) end
end
return deleted
