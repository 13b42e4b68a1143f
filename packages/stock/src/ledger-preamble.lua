-- What the scripts of a ledger begin with: they read it here, and ask here whether a caller's claim on it holds.
-- KEYS  1 ledger  2 lock of the item, where a script asks for its holder
-- The letters of these refusals, and all others, are in letters.ts.
local call = redis.call
-- A replica's ledger is of a while ago, though it carries its master's stamp: there stamp is nil, and no ledger is trusted.
local stamp = string.match(call('INFO', 'replication'), 'role:master.*master_replid:(%x+)')
local format, loadedInto, state, epoch, birth, sequence, total, totalVersion, available, limit, opensAt, closesAt = unpack(
  call('HMGET', KEYS[1], 'format', 'stamp', 'state', 'epoch', 'birth', 'sequence', 'total', 'totalVersion', 'available', 'limit',
    'opensAt', 'closesAt'))
local trusted = true
  and format == '1' -- guard: another format
  and loadedInto == stamp -- guard: another Redis
  and state ~= 'rebuilding' -- guard: being rebuilt

-- A claim names a making of a ledger: BIRTH.EPOCH, or .EPOCH from the version before, whose ledgers have no birth either.
local function claimed(claim)
  return string.match(claim, '^(.*)%.(%d+)$')
end

-- Whether this ledger is of another item, which had the same number before or after.
local function isOfAnother(claimedBirth)
  return claimedBirth ~= '' and birth and birth ~= claimedBirth
end

-- {'M'} not loaded, {'E'} another item's, or another epoch; nil when the claim holds.
local function staleFor(claim)
  if not trusted then return {'M'} end -- guard: not loaded
  local claimedBirth, claimedEpoch = claimed(claim)
  if isOfAnother(claimedBirth) then return {'E'} end -- guard: another birth
  if epoch ~= claimedEpoch then return {'E'} end -- guard: another epoch
end

-- Stops selling, until a rebuild has made the ledger anew.
local function suspend()
  call('HSET', KEYS[1], 'state', 'rebuilding')
end

-- {'B', PTTL} while another owner holds the lock; nil when it is free or this owner's ('' for none).
local function busyFor(owner)
  local holder = call('GET', KEYS[2])
  if holder and holder ~= owner then return {'B', call('PTTL', KEYS[2])} end -- guard: held by another
end

-- {'O'} unless this owner holds the lock.
local function lostBy(owner)
  if call('GET', KEYS[2]) ~= owner then return {'O'} end -- guard: lease lost
end

-- For how many ms yet the ledger takes only orders that older makings of it accepted; nil when it sells.
local function offersOnlyForMs()
  local untilMs = call('HGET', KEYS[1], 'offersUntil')
  local time = untilMs and call('TIME')
  local leftMs = time and untilMs - (time[1] * 1000 + math.floor(time[2] / 1000)) or 0
  return leftMs > 0 and leftMs or nil
end
