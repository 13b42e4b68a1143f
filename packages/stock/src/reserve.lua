-- Reserve stock for a batch of orders on one item, each judged against the ledger and the orders before it in the batch;
-- then everything that was reserved is written at once, the outbox entry included: that entry is the acceptance (I1-I6).
-- All is read and validated before the first write: Lua does not roll back.
-- KEYS  1 ledger  2 buyers  3 orders  4 outbox  5 lock
-- ARGV  1 owner token of the caller's lease, '' for none   2 epoch   3 highest sequence the caller has seen at that epoch
--       4 'sell', or 'adopt': orders accepted at an older epoch, for which window and pause are not looked at and a refusal
--         is remembered and put in the outbox too   5 n (1..1024)
--       6 JSON columns [[orderId], [buyer], [quantity]], adopt also [acceptedAtMs]
--       7 absent, or for orders without a key JSON columns [[place in 6], [orderId of a first sending, three each], [ms
--         since 1970 when the order came, by its process' clock], [window in ms]]
-- Reply {letters, entryId, sequence}, a letter an order: A reserved, R replayed, 1 to 3 replayed as that first sending, K key
--       conflict, L limit, S sold out, N not open, C closed, P paused; {letters} when nothing was written; or for the batch
--       {'B', lock's PTTL}, {'E'}, {'M'}: busy, another epoch, not loaded (for an adoption also: settled). A replica answers with
--       a READONLY error, on which the client connects anew: it would refuse orders by a ledger of a while ago.
local call, adopt = redis.call, ARGV[4] == 'adopt'
local l = call('HMGET', KEYS[1], 'format', 'stamp', 'state', 'epoch', 'sequence', 'available', 'limit', 'opensAt', 'closesAt')
local stamp = string.match(call('INFO', 'replication'), 'role:master.*master_replid:(%x+)')
if not stamp then return redis.error_reply('READONLY a replica judges no orders') end
if l[1] ~= '1' or l[2] ~= stamp or l[3] == 'rebuilding' or adopt and l[3] == 'settled' then return {'M'} end
if l[4] ~= ARGV[2] then return {'E'} end
if tonumber(l[5]) < tonumber(ARGV[3]) then                       -- rewound: an old copy of the keys, restored in this Redis
  call('HSET', KEYS[1], 'state', 'rebuilding')
  return {'M'}
end
local lock = call('GET', KEYS[5])
if lock and lock ~= ARGV[1] then return {'B', call('PTTL', KEYS[5])} end

local n, batch = tonumber(ARGV[5]), cjson.decode(ARGV[6])
local ids, buyers, quantities = batch[1], batch[2], batch[3]
if n > 1024 or #ids ~= n or #buyers ~= n or #quantities ~= n then return redis.error_reply('ERR bad batch') end
local time = call('TIME')
local nowMs, available, limit, shut = time[1] * 1000 + math.floor(time[2] / 1000), tonumber(l[6]), tonumber(l[7]), nil
if l[3] == 'closed' or l[3] == 'settled' then shut = 'C' elseif l[3] == 'paused' then shut = 'P'
elseif nowMs < tonumber(l[8]) then shut = 'N' elseif nowMs >= tonumber(l[9]) then shut = 'C' end
if adopt then shut = nil end
local known, held = call('HMGET', KEYS[3], unpack(ids)), call('HMGET', KEYS[2], unpack(buyers))
local letters, mine, slot, orderArgs, buyerArgs, texts = {}, {}, {}, {}, {}, {}
local sentBefore
if ARGV[7] then
  local places, firstIds, arrivals, windows = unpack(cjson.decode(ARGV[7]))
  local firsts, at = call('HMGET', KEYS[3], unpack(firstIds)), {}
  for j, place in ipairs(places) do at[place] = j end
  function sentBefore(i)                                         -- whatever came of the first, as with a key
    for k = 1, at[i] and 3 or 0 do
      local first = firsts[3 * at[i] - 3 + k] or mine[firstIds[3 * at[i] - 3 + k]]
      -- The time that the order waited, there and on its way here, does not count against the window.
      local cameMs = math.min(nowMs, arrivals[at[i]])
      if first and cameMs - tonumber(string.match(first, ':(%d+):')) <= windows[at[i]] then return tostring(k) end
    end
  end
end
for i = 1, n do
  local id, buyer, quantity, letter = ids[i], buyers[i], quantities[i], nil
  if type(quantity) ~= 'number' or quantity < 1 or quantity % 1 ~= 0 then return redis.error_reply('ERR bad quantity') end
  local before, first = known[i] or mine[id], sentBefore and sentBefore(i)
  if before then letter = tonumber(string.match(before, '%d+')) == quantity and 'R' or 'K'
  elseif first then letter = first
  elseif shut then letter = shut
  else
    local at = slot[buyer]
    local units = quantity + tonumber(at and buyerArgs[at] or held[i] or 0)
    letter = units > limit and 'L' or quantity > available and 'S' or 'A'
    if letter == 'A' then
      available = available - quantity
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
if #orderArgs == 0 then return {reply} end
local entry = call('XADD', KEYS[4], '*', 'epoch', l[4], 'at', string.format('%.0f', nowMs), 'letters', reply, 'orders', ARGV[6])
call('HSET', KEYS[3], unpack(orderArgs))
if #buyerArgs > 0 then call('HSET', KEYS[2], unpack(buyerArgs)) end
call('HSET', KEYS[1], 'available', string.format('%d', available), 'sequence', string.format('%d', l[5] + 1))
return {reply, entry, l[5] + 1}
