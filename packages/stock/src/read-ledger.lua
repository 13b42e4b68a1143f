-- Read what a ledger says of itself, and whether it may be believed. Writes nothing.
-- KEYS  1 ledger  2 lock  3 outbox  4 orders  5 buyers
-- Reply {trusted 1|0, now in ms, outbox length, lock's PTTL (-2 when free), format, state, epoch, sequence, total,
--       available, limit, opensAt, closesAt, birth, version of the total, id of the oldest outbox entry or '', 1 while it takes offers only else 0,
--       count of ended orders,
--       units that lost orders may have held, once the time of all offers is over}; the state of a settled ledger is told as 'settled'
-- include: ledger-preamble.lua
local settled, offersUntil, lacking, endedCount = unpack(call('HMGET', KEYS[1], 'settled', 'offersUntil', 'lacking', 'endedCount'))
if state == 'closed' and settled == '1' then state = 'settled' end
-- A key of another type must not end the reading of all the other ledgers in the pipeline.
trusted = trusted
  and redis.pcall('HEXISTS', KEYS[4], '\0') == 1 -- guard: orders missing
  and redis.pcall('HEXISTS', KEYS[5], '\0') == 1 -- guard: buyers missing
local time, oldest = call('TIME'), call('XRANGE', KEYS[3], '-', '+', 'COUNT', 1)
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
local offersOnly = tonumber(offersUntil or 0) > nowMs
if offersOnly then lacking = nil end -- guard: offers may come yet
return {trusted and 1 or 0, nowMs, call('XLEN', KEYS[3]), call('PTTL', KEYS[2]),
  format, state, epoch, sequence, total, available, limit, opensAt, closesAt, birth or '', totalVersion or 0,
  oldest[1] and oldest[1][1] or '', offersOnly and 1 or 0, endedCount or 0, lacking or nil}
