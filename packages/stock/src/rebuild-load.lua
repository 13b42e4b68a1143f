-- Bring a chunk of a ledger that is being rebuilt to what Postgres has, in its own hashes. Only what differs is written, so a ledger
-- that is right already costs reads alone, and no second copy ever takes memory. Chunks sent twice, and in any order, end the same.
-- KEYS  1 ledger  2 lock  3 orders  4 buyers
-- ARGV  1 owner token  2 stamp that rebuild-begin gave  3 JSON [orderId, packed, ..]: all orders of some buyers
--       4 '1': orders that gave their units back are loaded as Postgres has them, too
-- Reply {'OK', orders in the chunk, those of them that ended, buyers who hold units by them, these units, orderId ..}: the ids are of
--       orders that gave their units back here, and hold some in Postgres; they stay as they are; {'O'} the lease is another's;
--       {'M'} this is another Redis, or nobody's rebuild
-- include: ledger-preamble.lua
local lost = lostBy(ARGV[1])
if lost then return lost end -- guard: the lease
if stamp ~= ARGV[2] then return {'M'} end -- guard: begun in another Redis
if state ~= 'rebuilding' then return {'M'} end -- guard: not being rebuilt

local orders, buyers = cjson.decode(ARGV[3]), {}
-- What a buyer holds is the sum of the orders that are loaded, so the two hashes cannot tell of two instants.
local heldUnits, endedCount, placeOf = 0, 0, {}
for at = 2, #orders, 2 do
  -- One that was refused, or gave its units back, has a mark in front.
  local quantity, buyer = string.match(orders[at], '^(%d+):%d+:(.*)$')
  if quantity then
    heldUnits = heldUnits + quantity
    local place = placeOf[buyer]
    if place then buyers[place] = string.format('%.0f', buyers[place] + quantity)
    else
      place = #buyers + 2
      buyers[place - 1], buyers[place], placeOf[buyer] = buyer, quantity, place
    end
  elseif string.find(orders[at], '^-%d') then endedCount = endedCount + 1
  end
end

local lacked, forgottenEnds = false, {}
local pairsMax = 1000 -- Lua's stack holds the arguments of a call.
for i, chunk in ipairs({orders, buyers}) do
  local key = KEYS[i + 2]
  -- One value over 64 bytes makes it a real hash table for good: a small hash is a list, scanned for every field
  -- (measured: 22 us an order instead of 4). No orderId or buyer contains a NUL. Without this field no script believes the hash.
  if call('HEXISTS', key, '\0') == 0 then call('HSET', key, '\0', string.rep('-', 65)) end
  for first = 1, #chunk, 2 * pairsMax do
    local fields, changes = {}, {}
    for at = first, math.min(first + 2 * pairsMax, #chunk) - 1, 2 do fields[#fields + 1] = chunk[at] end
    local values = call('HMGET', key, unpack(fields))
    for j, field in ipairs(fields) do
      local value = chunk[first + 2 * j - 1]
      if values[j] ~= value then
        local isForgotten = values[j] and ARGV[4] ~= '1' and values[j] == '-' .. value
        if isForgotten then forgottenEnds[#forgottenEnds + 1] = field
        else changes[#changes + 1] = field; changes[#changes + 1] = value end
        -- One that was refused, or gave its units back, sold nothing.
        if i == 1 and not values[j] and string.find(value, '^%d') then lacked = true end
      end
    end
    if #changes > 0 then call('HSET', key, unpack(changes)) end
  end
end
if lacked then call('HSETNX', KEYS[1], 'lacks', '1') end -- guard: orders were missing
return {'OK', #orders / 2, endedCount, #buyers / 2, heldUnits, unpack(forgottenEnds)}
