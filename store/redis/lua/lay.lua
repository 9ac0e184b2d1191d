-- lay makes operations ready that are decided later, or never: then they go by
-- themselves. ARGV: nonce of the step, milliseconds, operations.
local stage = key('stage:' .. ARGV[1])
for i = 3, #ARGV do call('RPUSH', stage, ARGV[i]) end
call('PEXPIRE', stage, ARGV[2])
return call('LLEN', stage)
