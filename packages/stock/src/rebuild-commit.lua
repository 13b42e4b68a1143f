-- Last step of a rebuild: open the ledger under its new epoch, if its hashes hold exactly what was loaded.
-- The outbox is emptied, for all of it was offered to Postgres; its last id stays. Done twice, it answers the same.
-- KEYS  1 ledger  2 lock  3 buyers  4 orders  5 outbox
-- ARGV  1 owner token  2 stamp that rebuild-begin gave  3 orders loaded  4 buyers loaded  5 epoch  6 state  7 total
--       8 available  9 limit  10 opensAt  11 closesAt (ms)  12 birth  13 version of the total  14 sale  15 its state in Postgres
--       16 for how many ms it first takes only what older makings accepted  17 names of the processes that are to say they offered it,
--       with a space before and after each; '' for nobody  18 units that lost orders may have held, if this Redis had lost some
--       19 '1': writes may be missing in the ledger that was found, even if nothing shows it  20 orders loaded that ended
-- Reply {'OK'}; {'O'} the lease is another's; {'M'} this is another Redis, or nobody's rebuild; {'D'} the counts differ
-- include: ledger-preamble.lua
local lost = lostBy(ARGV[1])
if lost then return lost end -- guard: the lease
if stamp ~= ARGV[2] then return {'M'} end -- guard: begun in another Redis
if state ~= 'rebuilding' then return {loadedInto == stamp and epoch == ARGV[5] and 'OK' or 'M'} end -- guard: committed before
-- All that was loaded is there, so an equal count says that nothing else is.
if call('HLEN', KEYS[4]) ~= ARGV[3] + 1 then return {'D'} end -- guard: count of orders
if call('HLEN', KEYS[3]) ~= ARGV[4] + 1 then return {'D'} end -- guard: count of buyers
local lacks, told, stillAwaited = unpack(call('HMGET', KEYS[1], 'lacks', 'lacking', 'awaited'))
local awaited = ARGV[17]
if told then -- guard: a loss that nobody was told of outlives another rebuild
  awaited = stillAwaited or ' '
  -- While it took offers only it sold nothing, so nobody else can have anything of it.
  for name in string.gmatch(offersOnlyForMs() and '' or ARGV[17], '%S+') do
    if not string.find(awaited, ' ' .. name .. ' ', 1, true) then awaited = awaited .. name .. ' ' end
  end
end
local waits = awaited ~= '' and awaited ~= ' ' and (ARGV[19] == '1' or lacks == '1')
local units = math.max(tonumber(told or 0), ARGV[18])
call('XTRIM', KEYS[5], 'MAXLEN', 0)
call('DEL', KEYS[1])
call('HSET', KEYS[1], 'format', '1', 'stamp', stamp, 'epoch', ARGV[5], 'sequence', '0', 'state', ARGV[6], 'total', ARGV[7],
  'available', ARGV[8], 'limit', ARGV[9], 'opensAt', ARGV[10], 'closesAt', ARGV[11],
  'birth', ARGV[12], 'totalVersion', ARGV[13], 'saleId', ARGV[14], 'saleState', ARGV[15],
  'endedCount', ARGV[20])
if waits then
  local time = call('TIME')
  local untilMs = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[16]
  call('HSET', KEYS[1], 'offersUntil', string.format('%.0f', untilMs), 'awaited', awaited)
end
if (told or waits and lacks == '1')
  and units > 0 -- guard: no order can be lost where every unit has one
then call('HSET', KEYS[1], 'lacking', string.format('%.0f', units), 'awaited', awaited) end
return {'OK'}
