-- Move outbox entries of another item aside, each behind those that lie there already: they are in a ledger that is not theirs.
-- KEYS  1 ledger  2 lock  3 outbox
-- ARGV  1 owner token, '' of a worker that drains  2 birth of the item  3.. entry ids
-- Reply number of entries moved; those of the item itself, or of the version before, stay. {'O'} the lease is another's
-- include: ledger-preamble.lua
local lost = ARGV[1] ~= '' and lostBy(ARGV[1])
if lost then return lost end -- guard: the lease
local moved = 0
for i = 3, #ARGV do
  local entry = call('XRANGE', KEYS[3], ARGV[i], ARGV[i])[1]
  local fields, birth = entry and entry[2] or {}, nil
  for at = 1, #fields, 2 do if fields[at] == 'birth' then birth = fields[at + 1] end end
  if birth and birth ~= ''
    and birth ~= ARGV[2] -- guard: its own entries
  then
    local aside = string.gsub(KEYS[1], 'ledger$', 'aside:' .. birth .. ':outbox')
    call('XADD', aside, '*', unpack(fields))
    call('XDEL', KEYS[3], ARGV[i])
    moved = moved + 1
  end
end
return moved
