-- enter takes a place at a site. KEYS: places, holds. ARGV: endpoint, place, how many
-- places there are, how long one is held in milliseconds, after which milliseconds
-- to ask again. Answers how long to wait, and 1 when the server asked for that.
if redis.replicate_commands then redis.replicate_commands() end -- before Redis 7
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
local until_ = 0
for _, endpoint in ipairs({'', ARGV[1]}) do
  until_ = math.max(until_, tonumber(redis.call('ZSCORE', KEYS[2], endpoint) or '0'))
end
if until_ > now then return {until_ - now, 1} end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) and not redis.call('ZSCORE', KEYS[1], ARGV[2]) then
  return {tonumber(ARGV[5]), 0}
end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[4]), ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return {0, 0}
