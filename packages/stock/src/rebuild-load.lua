-- Bring a chunk of a ledger that is being rebuilt to what Postgres has, in its own hashes. Only what differs is written, so a ledger
-- that is right already costs reads alone, and no second copy ever takes memory. Chunks sent twice, and in any order, end the same.
-- KEYS  1 ledger  2 lock  3 orders  4 buyers
-- ARGV  1 owner token  2 stamp that rebuild-begin gave  3 order ids, each in 24 characters of which the last two are not part of it
--       4 JSON [packed, ..] of these orders: all orders of some buyers
--       5 '1': orders that gave their units back are loaded as Postgres has them, too
-- Reply {'OK', orders in the chunk, those of them that ended, buyers who hold units by them, these units, orderId ..}: the ids are of
--       orders that gave their units back here, and hold some in Postgres; they stay as they are; {'O'} the lease is another's;
--       {'M'} this is another Redis, or nobody's rebuild
-- include: ledger-preamble.lua
local lost = lostBy(ARGV[1])
if lost then return lost end -- guard: the lease
if stamp ~= ARGV[2] then return {'M'} end -- guard: begun in another Redis
if state ~= 'rebuilding' then return {'M'} end -- guard: not being rebuilt

local ids, orderCount = {}, 0
for at = 1, #ARGV[3], 24 do
  orderCount = orderCount + 1
  ids[orderCount] = string.sub(ARGV[3], at, at + 21)
end
local orders = cjson.decode(ARGV[4])

-- What a buyer holds is the sum of the orders that are loaded, so the two hashes cannot tell of two instants.
local buyers, units, placeOf = {}, {}, {}
local buyerCount, heldUnits, endedCount = 0, 0, 0
for _, packed in ipairs(orders) do
  -- One that was refused, or gave its units back, has a mark in front.
  local quantity, buyer = string.match(packed, '^(%d+):%d+:(.*)$')
  if quantity then
    heldUnits = heldUnits + quantity
    local place = placeOf[buyer]
    if place then units[place] = string.format('%.0f', units[place] + quantity)
    else
      buyerCount = buyerCount + 1
      buyers[buyerCount], units[buyerCount], placeOf[buyer] = buyer, quantity, buyerCount
    end
  elseif string.find(packed, '^-%d') then endedCount = endedCount + 1 end
end

local argumentsMax = 2000 -- Lua's stack holds the arguments of a call.

local function readAll(key, fields)
  -- One value over 64 bytes makes it a real hash table for good: a small hash is a list, scanned for every field
  -- (measured: 22 us an order instead of 4). No orderId or buyer contains a NUL. Without this field no script believes the hash.
  if call('HEXISTS', key, '\0') == 0 then call('HSET', key, '\0', string.rep('-', 65)) end
  local values
  for first = 1, #fields, argumentsMax do
    local some = call('HMGET', key, unpack(fields, first, math.min(first + argumentsMax - 1, #fields)))
    if not values then values = some
    else
      for _, value in ipairs(some) do values[#values + 1] = value end
    end
  end
  return values or {}
end

local function writeAll(key, fieldsAndValues)
  for first = 1, #fieldsAndValues, argumentsMax do
    call('HSET', key, unpack(fieldsAndValues, first, math.min(first + argumentsMax - 1, #fieldsAndValues)))
  end
end

local values, changes = readAll(KEYS[3], ids), {}
local lacked, forgottenEnds = false, {}
for i, packed in ipairs(orders) do
  if values[i] ~= packed then
    local isForgotten = values[i] and ARGV[5] ~= '1' and values[i] == '-' .. packed
    if isForgotten then forgottenEnds[#forgottenEnds + 1] = ids[i]
    else changes[#changes + 1] = ids[i]; changes[#changes + 1] = packed end
    -- One that was refused, or gave its units back, sold nothing.
    if not values[i] and string.find(packed, '^%d') then lacked = true end
  end
end
writeAll(KEYS[3], changes)

local held, heldChanges = readAll(KEYS[4], buyers), {}
for i, buyer in ipairs(buyers) do
  if held[i] ~= units[i] then heldChanges[#heldChanges + 1] = buyer; heldChanges[#heldChanges + 1] = units[i] end
end
writeAll(KEYS[4], heldChanges)

if lacked then call('HSETNX', KEYS[1], 'lacks', '1') end -- guard: orders were missing
return {'OK', orderCount, endedCount, buyerCount, heldUnits, unpack(forgottenEnds)}
