-- Move outbox entries of another item aside, each behind those that lie there already: they are in a ledger that is not theirs.
-- KEYS  1 ledger  2 outbox
-- ARGV  1 birth of the item  2.. entry ids
-- Reply number of entries moved; those of the item itself, or of the version before, stay
local moved = 0
for i = 2, #ARGV do
  local entry = redis.call('XRANGE', KEYS[2], ARGV[i], ARGV[i])[1]
  local fields, birth = entry and entry[2] or {}, nil
  for at = 1, #fields, 2 do if fields[at] == 'birth' then birth = fields[at + 1] end end
  if birth and birth ~= ''
    and birth ~= ARGV[1] -- guard: its own entries
  then
    local aside = string.gsub(KEYS[1], 'ledger$', 'aside:' .. birth .. ':outbox')
    redis.call('XADD', aside, '*', unpack(fields))
    redis.call('XDEL', KEYS[2], ARGV[i])
    moved = moved + 1
  end
end
return moved
