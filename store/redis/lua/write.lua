-- write takes one step wholly or not at all.
-- ARGV: store, known, nonce, staged operations ('' for none), number of
-- conditions, conditions, operations.
local id, known, nonce, staged = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local no = refusal(id, known)
if no and no[1] ~= 'pending' then return no end
local before = call('GET', key('done:' .. nonce))
if before then
  done(nonce, before) -- a write, so that WAIT waits for all that came before
  return {'done', tonumber(before)}
end
if no then return no end

local conditions = tonumber(ARGV[5])
for i = 6, 5 + conditions do
  local c = cmsgpack.unpack(ARGV[i])
  local now = call(c[1], key(c[2]), c[3])
  if c[4] ~= (now or '') then return {'conflict'} end
end

local version = tonumber(head[3] or '0') + 1
if staged ~= '' then
  local stage = key('stage:' .. nonce)
  if call('LLEN', stage) ~= tonumber(staged) then return {'unstaged'} end
  stamp(id, version)
  call('HSET', key('head'), 'pending', nonce, 'changed', 0)
  call('PERSIST', stage)
  return {'pending', nonce}
end
stamp(id, version)
local changed = 0
for i = 6 + conditions, #ARGV do changed = changed + apply(version, ARGV[i]) end
if head[1] then sweep() end
done(nonce, changed)
return {'done', changed}
