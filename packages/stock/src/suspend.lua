-- Stop selling from a ledger that was proven wrong, until a rebuild has made it anew. Anyone may enter 'rebuilding'.
-- KEYS  1 ledger
-- ARGV  1 BIRTH.EPOCH of the ledger that is meant
-- Reply 1, or 0: it is another by now, or its Redis is
-- include: ledger-preamble.lua
local claimedBirth, claimedEpoch = claimed(ARGV[1])
if loadedInto ~= stamp then return 0 end -- guard: another Redis by now
if isOfAnother(claimedBirth) then return 0 end -- guard: another birth
if epoch ~= claimedEpoch then return 0 end -- guard: another epoch
suspend()
return 1
