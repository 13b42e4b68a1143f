-- Delete an outbox entry that is none of ours, only where it is the one that was read: after a promotion another batch can carry the
-- same stream id.
-- KEYS  1 outbox
-- ARGV  1 entry id  2.. names and values of its fields, in their order
-- Reply number of entries deleted
local entry = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])[1]
if not entry then return 0 end -- guard: no entry
if #entry[2] ~= #ARGV - 1 then return 0 end -- guard: another number of fields
for i = 2, #ARGV do
  if entry[2][i - 1] ~= ARGV[i] then return 0 end -- guard: another field
end
return redis.call('XDEL', KEYS[1], ARGV[1])
