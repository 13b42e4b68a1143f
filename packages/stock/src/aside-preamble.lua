-- Moves the keys of an item out of the way, so that nothing is sold from them, offered or deleted. What was moved aside before stays.
-- KEYS  1 ledger  3 buyers  4 orders  5 outbox
-- Gives movedTo, the prefix of their new names: `{item:ID}:aside:BIRTH:`, with a number behind the birth where that is taken.
local movedTo
local function moveAside()
  local names, n = {[1] = 'ledger', [3] = 'buyers', [4] = 'orders', [5] = 'outbox'}, 1
  repeat
    movedTo = string.gsub(KEYS[1], 'ledger$', 'aside:' .. (birth or 'unknown') .. (n > 1 and '-' .. n or '') .. ':')
    n = n + 1
  until call('EXISTS', movedTo .. 'ledger', movedTo .. 'buyers', movedTo .. 'orders', movedTo .. 'outbox') == 0
  for at, name in pairs(names) do
    if call('EXISTS', KEYS[at]) == 1 then call('RENAME', KEYS[at], movedTo .. name) end
  end
end
