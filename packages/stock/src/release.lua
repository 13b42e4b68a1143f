-- Give the units of ended orders back, once for each orderId. Postgres has decided before (cancelled, expired); an order
-- that the ledger does not know is drift and credits nothing.
-- KEYS  1 ledger  2 buyers  3 orders  4 lock
-- ARGV  1 owner token of the caller's lease, '' for none  2 epoch  3.. orderIds (at most 1024)
-- Reply letters, one an order: G given back, A given back before, U unknown; or {'B', PTTL}, {'E'}, {'M'} as in reserve.lua
local call = redis.call
local l = call('HMGET', KEYS[1], 'format', 'stamp', 'state', 'epoch', 'available', 'sequence')
local stamp = string.match(call('INFO', 'replication'), 'master_replid:(%x+)')
if l[1] ~= '1' or l[2] ~= stamp or l[3] == 'rebuilding' then return {'M'} end
if l[4] ~= ARGV[2] then return {'E'} end
local lock = call('GET', KEYS[4])
if lock and lock ~= ARGV[1] then return {'B', call('PTTL', KEYS[4])} end

local letters, available, seen = {}, tonumber(l[5]), {}
for i = 3, #ARGV do
  local id = ARGV[i]
  local packed = call('HGET', KEYS[3], id)
  local quantity, rest = string.match(packed or '', '^(%d+)(:.*)$')
  if seen[id] or (packed and not quantity) then letters[#letters + 1] = 'A'
  elseif not packed then letters[#letters + 1] = 'U'
  else
    local buyer = string.match(rest, '^:%d+:(.*)$')
    call('HSET', KEYS[3], id, '-' .. packed)
    if call('HINCRBY', KEYS[2], buyer, -quantity) <= 0 then call('HDEL', KEYS[2], buyer) end
    available, seen[id], letters[#letters + 1] = available + quantity, true, 'G'
  end
end
if next(seen) then
  call('HSET', KEYS[1], 'available', string.format('%d', available), 'sequence', string.format('%d', l[6] + 1))
end
return {table.concat(letters)}
