-- lease takes or prolongs a lease, or gives it up when there are no milliseconds.
-- Time is the server's. ARGV: store, known, name, holder, milliseconds.
-- Answers who holds it now.
local no = refusal(ARGV[1], ARGV[2])
if no then return no end
local name, holder = ARGV[3], ARGV[4]
local by, ends = call('HGET', key('leases'), name), tonumber(call('HGET', key('leaseEnds'), name) or '0')
if ARGV[5] == '' then
  if by == holder then
    call('HDEL', key('leases'), name)
    call('HDEL', key('leaseEnds'), name)
  end
  return {'done', ''}
end
if by and by ~= holder and ends > milliseconds() then return {'done', by} end
if by ~= holder then -- what ran out a day ago, nobody comes back for
  local all = call('HGETALL', key('leaseEnds'))
  for i = 1, #all, 2 do
    if tonumber(all[i + 1]) < milliseconds() - 86400000 then
      call('HDEL', key('leases'), all[i])
      call('HDEL', key('leaseEnds'), all[i])
    end
  end
end
if not head[1] then call('HSET', key('head'), 'store', ARGV[1]) end
call('HSET', key('leases'), name, holder)
call('HSET', key('leaseEnds'), name, milliseconds() + tonumber(ARGV[5]))
return {'done', holder}
