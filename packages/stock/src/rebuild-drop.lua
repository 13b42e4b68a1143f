-- Drop the hashes of a ledger that is being rebuilt, to load them afresh: Postgres has everything that they know by now.
-- KEYS  1 ledger  2 lock  3 orders  4 buyers
-- ARGV  1 owner token  2 stamp that rebuild-begin gave
-- Reply {'OK'}; {'O'} the lease is another's; {'M'} this is another Redis, or nobody's rebuild
-- include: ledger-preamble.lua
local lost = lostBy(ARGV[1])
if lost then return lost end -- guard: the lease
if stamp ~= ARGV[2] then return {'M'} end -- guard: begun in another Redis
if state ~= 'rebuilding' then return {'M'} end -- guard: not being rebuilt
if call('HEXISTS', KEYS[1], 'lacks') == 0 then call('HSET', KEYS[1], 'lacks', '0') end -- guard: what is dropped was not missing
call('UNLINK', KEYS[3], KEYS[4])
return {'OK'}
