-- First step of a rebuild in Redis: from here on nothing is sold, until rebuild-commit.lua. An expired lease does not undo it.
-- KEYS  1 ledger  2 lock
-- ARGV  1 owner token
-- Reply {stamp of this Redis, epoch of the ledger found or ''}; {'O'} the lease is another's
-- include: ledger-preamble.lua
local lost = lostBy(ARGV[1])
if lost then return lost end -- guard: the lease
call('HSET', KEYS[1], 'state', 'rebuilding')
return {stamp, epoch or ''}
