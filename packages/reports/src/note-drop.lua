-- Adds what an API process counted of an item's orders in about the last second to the item's drop record. The record begins when the
-- sale first sells. It has a bounded number of buckets of equal width: when its time outgrows them, each two neighbours become one.
-- Counts from before the record, and counts that must not lengthen it, have no time: they are added up aside.
-- KEYS  1 record
-- ARGV  1 process  2 number of its note, rising  3 most buckets  4 kept for, ms
--       5 counts by outcome, JSON {NAME: count}  6 counts by duration, JSON {NAME: count}
--       7 'sells': the record begins or is lengthened; 'refuses': it begins; 'pauses': a record that has begun is lengthened; '': neither
-- Reply 1 added, 0 added before
-- Fields of the record: from (ms, Redis' clock), width (ms of a bucket), BUCKET:NAME, aside:NAME, all:NAME, note:PROCESS
local call, record = redis.call, KEYS[1]
local added = tonumber(call('HGET', record, 'note:' .. ARGV[1]) or '0')
if added >= tonumber(ARGV[2]) then return 0 end -- guard: a note counts once
local time = call('TIME')
-- The counts are of the second before.
local at = time[1] * 1000 + math.floor(time[2] / 1000) - 500
local from = tonumber(call('HGET', record, 'from') or '')
local width, most = tonumber(call('HGET', record, 'width') or '1000'), tonumber(ARGV[3])
if not from
  and (ARGV[7] == 'sells' or ARGV[7] == 'refuses') -- guard: the record begins when the sale sells
then
  from = at - at % 1000
  call('HSET', record, 'from', string.format('%.0f', from), 'width', width)
end
-- The clock may have been set back.
local bucket = from and math.max(0, math.floor((at - from) / width))
local lengthens = ARGV[7] == 'sells' or ARGV[7] == 'pauses'
if bucket and bucket >= most and not lengthens then bucket = nil end -- guard: a sale that sells nothing lengthens no record
local factor = 1
while bucket and math.floor(bucket / factor) >= most do factor = factor * 2 end
if factor > 1 then
  local sums = {}
  local fields = call('HGETALL', record)
  for i = 1, #fields, 2 do
    local old, name = string.match(fields[i], '^(%d+):(.+)$')
    if old then
      call('HDEL', record, fields[i])
      local wider = string.format('%.0f:%s', math.floor(old / factor), name)
      sums[wider] = (sums[wider] or 0) + fields[i + 1]
    end
  end
  for field, sum in pairs(sums) do call('HSET', record, field, string.format('%.0f', sum)) end
  call('HSET', record, 'width', string.format('%.0f', width * factor))
  bucket = math.floor(bucket / factor)
end
local place = bucket and string.format('%.0f', bucket) or 'aside'
for name, count in pairs(cjson.decode(ARGV[5])) do call('HINCRBY', record, place .. ':' .. name, count) end
if bucket then
  for name, count in pairs(cjson.decode(ARGV[6])) do call('HINCRBY', record, 'all:' .. name, count) end
end
call('HSET', record, 'note:' .. ARGV[1], ARGV[2])
if ARGV[7] == 'sells' or call('PTTL', record) < 0 then call('PEXPIRE', record, ARGV[4]) end
return 1
