-- Close a ledger for good whose sale is over and whose books are those of Postgres, as the holder of the item's lease. From here
-- on it takes nothing, adopted orders included, so that its outbox stays empty; it goes on answering replays and look-ups. For a
-- version that does not know the field `settled`, the ledger is closed: it sells nothing from it, and finds nothing amiss.
-- KEYS  1 ledger  2 lock  3 outbox
-- ARGV  1 owner token  2 BIRTH.EPOCH  3 total  4 available
-- Reply {'OK'}; {'O'} the lease is another's; {'E'} another epoch; {'M'} not loaded; {'W'} not over, or the books still change
-- include: ledger-preamble.lua
local refused = lostBy(ARGV[1]) or staleFor(ARGV[2])
if refused then return refused end -- guard: the claim
local time = call('TIME')
local over = state == 'closed' or time[1] * 1000 + math.floor(time[2] / 1000) >= tonumber(closesAt)
if not over then return {'W'} end -- guard: not over
if call('XLEN', KEYS[3]) > 0 then return {'W'} end -- guard: outbox
if offersOnlyForMs() or call('HEXISTS', KEYS[1], 'lacking') == 1 then return {'W'} end -- guard: lost orders may be offered, or are to be told
if total ~= ARGV[3] then return {'W'} end -- guard: total
if available ~= ARGV[4] then return {'W'} end -- guard: available
call('HSET', KEYS[1], 'state', 'closed', 'settled', '1')
return {'OK'}
