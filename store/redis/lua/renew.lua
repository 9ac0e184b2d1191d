-- renew keeps a reader alive, or ends it when there are no milliseconds.
-- ARGV: store, member of the reader, milliseconds.
if head[1] ~= ARGV[1] then return 0 end
if ARGV[3] == '' then
  call('ZREM', key('readers'), ARGV[2])
  sweep()
  return 1
end
if not call('ZSCORE', key('readers'), ARGV[2]) then return 0 end
call('ZADD', key('readers'), milliseconds() + tonumber(ARGV[3]), ARGV[2])
return 1
