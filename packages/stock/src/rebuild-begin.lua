-- First step of a rebuild in Redis: from here on nothing is sold, until rebuild-commit.lua. An expired lease does not undo it.
-- Keys that another item left under this number, which it had before or in another database, are moved aside: none of their orders is
-- this item's. An item that never had a ledger (epoch 0) finds none of its own, whatever is there.
-- KEYS  1 ledger  2 lock  3 buyers  4 orders  5 outbox  6 deployment (the only key here that is not the item's)
-- ARGV  1 owner token  2 birth of the item  3 its epoch in Postgres  4 deployment that Postgres knows, as it is in Redis
--       5 run id of the Redis that Postgres knows  6 BIRTH.EPOCH of the ledger that the caller saw last, '' for none  7 its sequence then
-- Reply {stamp of this Redis, epoch of the ledger found or '', key prefix of what was moved aside or '', state of its sale that the
--       ledger found knows, total, version of the total, limit, opensAt, closesAt, count of ended orders}; {'O'} the lease is
--       another's; {'X'} this Redis is not the one that Postgres knows
-- include: ledger-preamble.lua
-- include: aside-preamble.lua
local lost = lostBy(ARGV[1])
if lost then return lost end -- guard: the lease
if call('GET', KEYS[6]) ~= ARGV[4] then return {'X'} end -- guard: another deployment
local run = string.match(call('INFO', 'server'), 'run_id:(%x+)')
if run ~= ARGV[5] then return {'X'} end -- guard: another run of Redis
local isForeign = false
  or isOfAnother(ARGV[2]) -- guard: another birth
  or not birth and ARGV[3] == '0' and (epoch or call('EXISTS', KEYS[3], KEYS[4], KEYS[5]) > 0) -- guard: an item without a ledger
if isForeign then
  moveAside()
  call('HSET', KEYS[1], 'aside', movedTo)
end
for i = 3, 4 do
  local kind = call('TYPE', KEYS[i]).ok
  if kind ~= 'hash' and kind ~= 'none' then call('UNLINK', KEYS[i]) end -- guard: a key of another type
end
call('HSET', KEYS[1], 'state', 'rebuilding', 'birth', ARGV[2])
local aside, saleState, endedCount = unpack(call('HMGET', KEYS[1], 'aside', 'saleState', 'endedCount'))
-- Whether orders are missing is written down, for a rebuild that ends half-way has loaded some of them already.
if ARGV[3] == '0' then call('HSETNX', KEYS[1], 'lacks', '0') end -- guard: a new item
if call('HEXISTS', KEYS[4], '\0') == 0 then call('HSETNX', KEYS[1], 'lacks', '1') end -- guard: no orders were found
local seenBirth, seenEpoch = claimed(ARGV[6])
local isSeen = movedTo == nil and epoch and (birth or '') == seenBirth
local isRewound = isSeen and epoch == seenEpoch and tonumber(sequence or 0) < tonumber(ARGV[7])
if isRewound then call('HSETNX', KEYS[1], 'lacks', '1') end -- guard: rewound
if isSeen and tonumber(epoch) < tonumber(seenEpoch) then call('HSETNX', KEYS[1], 'lacks', '1') end -- guard: an older making
return {stamp, epoch or '', aside or '', saleState, total, totalVersion, limit, opensAt, closesAt, endedCount or 0}
