-- read begins to read one moment: what is replaced from now on is kept until
-- the reader ends, or is not heard of for so many milliseconds.
-- ARGV: store, known, name of the reader, milliseconds.
local no = refusal(ARGV[1], ARGV[2])
if no then return no end
local version = head[3] or '0'
call('ZADD', key('readers'), milliseconds() + tonumber(ARGV[4]), version .. ' ' .. ARGV[3])
return {'done', tonumber(version)}
