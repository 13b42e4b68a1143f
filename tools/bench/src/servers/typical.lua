-- One order as the typical design judges it: known already? within the limit? anything left? Then it is taken.
-- KEYS  1 stock, a number  2 buyers, a hash of units  3 orders, a set of ids
-- ARGV  1 order id  2 buyer  3 quantity  4 purchase limit
-- Reply A accepted, R replayed, L limit, S sold out
local quantity = tonumber(ARGV[3])
if redis.call('SISMEMBER', KEYS[3], ARGV[1]) == 1 then return 'R' end
if tonumber(redis.call('HGET', KEYS[2], ARGV[2]) or 0) + quantity > tonumber(ARGV[4]) then return 'L' end
if tonumber(redis.call('GET', KEYS[1]) or 0) < quantity then return 'S' end
redis.call('DECRBY', KEYS[1], quantity)
redis.call('HINCRBY', KEYS[2], ARGV[2], quantity)
redis.call('SADD', KEYS[3], ARGV[1])
return 'A'
