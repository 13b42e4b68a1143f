-- Reserve stock for a batch of orders on one item, each judged against the ledger and the orders before it in the batch;
-- then everything that was reserved is written at once, the outbox entry included: that entry is the acceptance (I1-I6).
-- All is read and validated before the first write: Lua does not roll back.
-- KEYS  1 ledger  2 lock  3 buyers  4 orders  5 outbox
-- ARGV  1 owner token of the caller's lease, '' for none   2 BIRTH.EPOCH   3 highest sequence the caller has seen at that epoch
--       4 'sell', or 'adopt': orders accepted at an older epoch, for which window and pause are not looked at and a refusal
--         is remembered and put in the outbox too   5 n (1..1024)
--       6 JSON columns [[orderId], [buyer], [quantity]], adopt also [acceptedAtMs]
--       7 absent, or for orders without a key JSON columns [[place in 6], [orderId of a first sending, three each], [ms
--         since 1970 when the order came, by its process' clock], [window in ms]]
-- Reply {letters, entryId, sequence}, a letter an order: A reserved, R replayed, 1 to 3 replayed as that first sending, K key
--       conflict, L limit, S sold out, N not open, C closed, P paused; {letters} when nothing was written; or for the batch
--       {'B', ms}, {'E'}, {'M'}: busy (the lock is another's, or a ledger that was just made anew takes adoptions only), another
--       epoch, not loaded (for an adoption also: settled). A replica answers with
--       a READONLY error, on which the client connects anew: it would refuse orders by a ledger of a while ago.
-- include: ledger-preamble.lua
if not stamp then return redis.error_reply('READONLY a replica judges no orders') end -- guard: a replica
local adopt = ARGV[4] == 'adopt'
if adopt and call('HGET', KEYS[1], 'settled') == '1' then return {'M'} end -- guard: adoption into a settled ledger
local stale = staleFor(ARGV[2])
if stale then return stale end -- guard: the claim
-- An old copy of the keys was restored in this Redis.
if tonumber(sequence) < tonumber(ARGV[3]) then -- guard: rewound
  suspend()
  return {'M'}
end
local busy = busyFor(ARGV[1])
if busy then return busy end -- guard: the lock
local offersOnlyMs = not adopt and offersOnlyForMs()
if offersOnlyMs then return {'B', offersOnlyMs} end -- guard: offers come first

local n, batch = tonumber(ARGV[5]), cjson.decode(ARGV[6])
local ids, buyers, quantities = batch[1], batch[2], batch[3]
if n > 1024 or #ids ~= n or #buyers ~= n or #quantities ~= n then return redis.error_reply('ERR bad batch') end -- guard: batch
local time = call('TIME')
local nowMs, left, limit, shut = time[1] * 1000 + math.floor(time[2] / 1000), tonumber(available), tonumber(limit), nil
if state == 'paused' then shut = 'P' -- guard: paused
-- A state that only a later version knows sells nothing.
elseif state ~= 'live' then shut = 'C' -- guard: closed
elseif nowMs < tonumber(opensAt) then shut = 'N' -- guard: not open
elseif nowMs >= tonumber(closesAt) then shut = 'C' end -- guard: over
if adopt then shut = nil end
-- The field that both hashes have from the start: without it one of them is not the one that this ledger was loaded with.
ids[n + 1], buyers[n + 1] = '\0', '\0'
local known, held = call('HMGET', KEYS[4], unpack(ids)), call('HMGET', KEYS[3], unpack(buyers))
if not known[n + 1] then return {'M'} end -- guard: orders missing
if not held[n + 1] then return {'M'} end -- guard: buyers missing
local letters, mine, slot, orderArgs, buyerArgs, texts = {}, {}, {}, {}, {}, {}
local sentBefore
if ARGV[7] then
  local places, firstIds, arrivals, windows = unpack(cjson.decode(ARGV[7]))
  local firsts, at = call('HMGET', KEYS[4], unpack(firstIds)), {}
  for j, place in ipairs(places) do at[place] = j end
  function sentBefore(i)                                         -- whatever came of the first, as with a key
    for k = 1, at[i] and 3 or 0 do
      local first = firsts[3 * at[i] - 3 + k]
        or mine[firstIds[3 * at[i] - 3 + k]] -- guard: first sending in the same batch
      -- The time that the order waited, there and on its way here, does not count against the window.
      local cameMs = math.min(nowMs, arrivals[at[i]])
      if first
        and cameMs - string.match(first, ':(%d+):') <= windows[at[i]] -- guard: first sending in the window
      then return tostring(k) end
    end
  end
end
for i = 1, n do
  local id, buyer, quantity, letter = ids[i], buyers[i], quantities[i], nil
  if type(quantity) ~= 'number' or quantity < 1 or quantity % 1 ~= 0 then return redis.error_reply('ERR bad quantity') end -- guard: quantity
  local before, first = known[i] or mine[id], sentBefore and sentBefore(i)
  if before and tonumber(string.match(before, '%d+')) ~= quantity then letter = 'K' -- guard: key conflict
  elseif before then letter = 'R' -- guard: replay
  elseif first then letter = first -- guard: double click
  elseif shut then letter = shut -- guard: shut
  else
    local at = slot[buyer]
    local units = quantity + tonumber(at and buyerArgs[at] or held[i] or 0)
    letter = 'A'
    if units > limit then letter = 'L' -- guard: purchase limit
    elseif quantity > left then letter = 'S' -- guard: stock
    else
      left = left - quantity
      local text = texts[units] or string.format('%d', units)
      texts[units] = text
      if at then buyerArgs[at] = text
      else buyerArgs[#buyerArgs + 1] = buyer; buyerArgs[#buyerArgs + 1] = text; slot[buyer] = #buyerArgs end
    end
    if letter == 'A' or adopt then
      mine[id] = string.format('%s%d:%.0f:%s', letter == 'A' and '' or '!', quantity, adopt and batch[4][i] or nowMs, buyer)
      orderArgs[#orderArgs + 1] = id; orderArgs[#orderArgs + 1] = mine[id]
    end
  end
  letters[i] = letter
end
local reply = table.concat(letters)
if #orderArgs == 0 then return {reply} end -- guard: nothing to write
local entry = call('XADD', KEYS[5], '*', 'epoch', epoch, 'at', string.format('%.0f', nowMs), 'letters', reply, 'orders', ARGV[6],
  'birth', birth or '', 'totalVersion', totalVersion or '0')
call('HSET', KEYS[4], unpack(orderArgs))
if #buyerArgs > 0 then call('HSET', KEYS[3], unpack(buyerArgs)) end
call('HSET', KEYS[1], 'available', string.format('%d', left), 'sequence', string.format('%d', sequence + 1))
return {reply, entry, sequence + 1}
