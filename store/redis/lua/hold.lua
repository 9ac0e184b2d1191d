-- hold keeps everybody from an endpoint of a site for a time. A longer hold stays.
-- KEYS: places, holds. ARGV: endpoint, milliseconds.
if redis.replicate_commands then redis.replicate_commands() end -- before Redis 7
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
local ends = now + tonumber(ARGV[2])
if ends > tonumber(redis.call('ZSCORE', KEYS[2], ARGV[1]) or '0') then redis.call('ZADD', KEYS[2], ends, ARGV[1]) end
local last = redis.call('ZREVRANGE', KEYS[2], 0, 0, 'WITHSCORES')
redis.call('PEXPIRE', KEYS[2], math.max(tonumber(last[2]) - now, 1))
return 1
