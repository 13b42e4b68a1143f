-- Give the units of ended orders back, once for each orderId. Postgres has decided before (cancelled, expired); an order
-- that the ledger does not know is drift and credits nothing.
-- KEYS  1 ledger  2 lock  3 buyers  4 orders
-- ARGV  1 owner token of the caller's lease, '' for none  2 BIRTH.EPOCH  3 'sell': the units are sold again; 'withdraw': the total is
--       lowered by them instead, as it was in Postgres  4.. orderIds (at most 1024)
-- Reply {letters}, one an order: G given back, F given back before, U unknown; or {'B', PTTL}, {'E'}, {'M'} as in reserve.lua
-- include: ledger-preamble.lua
local refused = staleFor(ARGV[2]) or busyFor(ARGV[1])
if refused then return refused end -- guard: the claim
if call('HEXISTS', KEYS[4], '\0') == 0 then return {'M'} end -- guard: orders missing
if call('HEXISTS', KEYS[3], '\0') == 0 then return {'M'} end -- guard: buyers missing

local letters, units, ends = {}, 0, 0
for i = 4, #ARGV do
  local id = ARGV[i]
  local packed = call('HGET', KEYS[4], id)
  local quantity, rest = string.match(packed or '', '^(%d+)(:.*)$')
  if packed and not quantity then letters[#letters + 1] = 'F' -- guard: given back before
  elseif not packed then letters[#letters + 1] = 'U' -- guard: unknown order
  else
    local buyer = string.match(rest, '^:%d+:(.*)$')
    call('HSET', KEYS[4], id, '-' .. packed)
    if call('HINCRBY', KEYS[3], buyer, -quantity) <= 0 then call('HDEL', KEYS[3], buyer) end
    units, ends, letters[#letters + 1] = units + quantity, ends + 1, 'G'
  end
end
if units > 0 then
  -- The version of the total stays: the sweep then brings the ledger's total to that of Postgres, whichever came here first.
  if ARGV[3] == 'withdraw' then call('HSET', KEYS[1], 'total', string.format('%d', total - units))
  else call('HSET', KEYS[1], 'available', string.format('%d', available + units)) end
  call('HSET', KEYS[1], 'sequence', string.format('%d', sequence + 1))
end
-- Counted here and not copied: a Postgres that was restored from before an end never counts as many, whatever ends there since.
if ends > 0 then call('HINCRBY', KEYS[1], 'endedCount', ends) end -- guard: ends are counted
return {table.concat(letters)}
