-- finish carries out the next part of a step that is decided. Whoever comes by
-- may do it. ARGV: store, nonce of the step, most operations, most bytes.
local id, nonce = ARGV[1], ARGV[2]
if head[1] ~= id or head[2] ~= nonce then return 0 end
local stage, bytes, changed = key('stage:' .. nonce), 0, 0
for _ = 1, tonumber(ARGV[3]) do
  local op = call('LPOP', stage)
  if not op then break end
  changed = changed + apply(tonumber(head[3]), op)
  bytes = bytes + #op
  if bytes >= tonumber(ARGV[4]) then break end
end
changed = call('HINCRBY', key('head'), 'changed', changed)
local left = call('LLEN', stage)
if left == 0 then
  done(nonce, changed)
  call('HDEL', key('head'), 'pending', 'changed')
end
return left
