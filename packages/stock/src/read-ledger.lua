-- Read what a ledger says of itself, and whether it may be believed. Writes nothing. A replica's is not
-- believed: it is of a while ago.
-- KEYS  1 ledger  2 outbox  3 lock
-- Reply {trusted 1|0, now in ms, outbox length, lock's PTTL (-2 when free), format, state, epoch, sequence, total,
--       available, limit, opensAt, closesAt, id of the oldest outbox entry}
local call = redis.call
local stamp = string.match(call('INFO', 'replication'), 'role:master.*master_replid:(%x+)')
local l = call('HMGET', KEYS[1], 'stamp', 'format', 'state', 'epoch', 'sequence', 'total', 'available', 'limit',
  'opensAt', 'closesAt')
local trusted = l[1] == stamp and l[2] == '1' and l[3] ~= 'rebuilding'
local time, oldest = call('TIME'), call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)
return {trusted and 1 or 0, time[1] * 1000 + math.floor(time[2] / 1000), call('XLEN', KEYS[2]), call('PTTL', KEYS[3]),
  l[2], l[3], l[4], l[5], l[6], l[7], l[8], l[9], l[10], oldest[1] and oldest[1][1]}
