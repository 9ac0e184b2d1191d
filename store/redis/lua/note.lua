-- note keeps what a tracker's list tells, the latest update of each ticket, for
-- as long as the list goes on. ARGV: name of the list, milliseconds, then id and
-- what is told (updated in 8 bytes, key). Answers how many were not told before.
local list, fresh = key('told:' .. ARGV[1]), 0
for i = 3, #ARGV, 2 do
  local was = call('HGET', list, ARGV[i])
  local later = true
  if was then
    local h, l = struct.unpack('>I4I4', was)
    local hi, lo = struct.unpack('>I4I4', ARGV[i + 1])
    later = hi > h or (hi == h and lo >= l)
  else
    fresh = fresh + 1
  end
  if later then call('HSET', list, ARGV[i], ARGV[i + 1]) end
end
call('PEXPIRE', list, ARGV[2])
return fresh
