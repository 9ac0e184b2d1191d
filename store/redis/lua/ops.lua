-- What every script begins with. Keys are those of one group: they share a hash
-- tag, so that a script stays in one slot of a Cluster. KEYS[1] is the head of
-- the group; KEYS[2] never exists, so that a Cluster that is just moving the slot
-- to another node answers TRYAGAIN instead of running the script on half of it.
if redis.replicate_commands then redis.replicate_commands() end -- before Redis 7
local base = string.sub(KEYS[1], 1, -6)
local call = redis.call
local function key(name) return base .. ':' .. name end

local head = call('HMGET', key('head'), 'store', 'pending', 'version', 'noted')

-- refusal is what a script answers instead of working: the group is gone, or
-- belongs to another store, or has a step that is decided and not finished.
local function refusal(id, known)
  if not head[1] then
    if known == '1' then return {'lost'} end
  elseif head[1] ~= id then
    return {'other'}
  end
  if head[2] then return {'pending', head[2]} end
end

local function milliseconds()
  local t = call('TIME')
  return tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
end

-- newest is the highest version that a living reader reads; nil without readers.
-- A reader's member is its version and its name; its score, when it counts as dead.
local newest, looked
local function newestRead()
  if looked then return newest end
  looked = true
  if call('EXISTS', key('readers')) == 0 then return nil end
  call('ZREMRANGEBYSCORE', key('readers'), '-inf', milliseconds())
  for _, member in ipairs(call('ZRANGE', key('readers'), 0, -1)) do
    local v = tonumber(string.match(member, '^%d+'))
    if not newest or v > newest then newest = v end
  end
  return newest
end

-- A stored ticket is: version (6 bytes), 1 or 0 for there or removed, updated
-- (8 bytes), length of the key (4 bytes), key, body.
local header = '>I6BI4I4I4'

-- retain keeps a ticket as it was for those who read an earlier moment.
local function retain(id, was)
  local reads = newestRead()
  if reads and (struct.unpack('>I6', was)) <= reads then
    local rest = call('HGET', key('old'), id) or ''
    call('HSET', key('old'), id, struct.pack('>I4', #was) .. was .. rest)
  end
end

-- sweep forgets what was kept for readers, once there are none.
local function sweep()
  if newestRead() then return end
  call('UNLINK', key('old'))
  for _ = 1, 500 do
    local id = call('SPOP', key('gone'))
    if not id then return end
    local was = call('HGET', key('tickets'), id)
    if was and string.byte(was, 7) == 0 then
      call('HDEL', key('tickets'), id)
      call('ZREM', key('index'), id)
    end
  end
end

local function freeKey(was, id)
  local _, _, _, _, n = struct.unpack(header, was)
  local k = string.sub(was, 20, 19 + n)
  if n > 0 and call('HGET', key('keys'), k) == id then call('HDEL', key('keys'), k) end
end

-- note remembers that a ticket is different since the version, for those who looked
-- before.
local function note(version, id) call('ZADD', key('altered'), version, id) end

-- stamp gives the group its next version. One that was given without notes being
-- taken, by a fairlead that knew of none, is as good as forgotten.
local function stamp(id, version)
  if head[3] and head[4] ~= head[3] then call('HSET', key('head'), 'forgot', head[3]) end
  call('HSET', key('head'), 'store', id, 'version', version, 'noted', version)
end

-- Each operation tells how many tickets changed by it.
local ops = {}

-- put stores a ticket unless it is older news or the same to the byte. tail is
-- the stored ticket from updated on.
function ops.put(version, id, tail)
  local was = call('HGET', key('tickets'), id)
  local hi, lo, n = struct.unpack('>I4I4I4', tail)
  local there = was and string.byte(was, 7) == 1
  if there then
    local _, _, h, l = struct.unpack(header, was)
    if hi < h or (hi == h and lo < l) or string.sub(was, 8) == tail then return 0 end
    freeKey(was, id)
  else
    call('ZADD', key('index'), 0, id)
    call('HINCRBY', key('head'), 'count', 1)
  end
  if was then retain(id, was) end
  call('HSET', key('tickets'), id, struct.pack('>I6B', version, 1) .. tail)
  if n > 0 then
    local k = string.sub(tail, 13, 12 + n)
    local holder = call('HGET', key('keys'), k)
    if holder and holder ~= id then note(version, holder) end
    call('HSET', key('keys'), k, id)
  end
  note(version, id)
  return 1
end

function ops.drop(version, id)
  local was = call('HGET', key('tickets'), id)
  if not was or string.byte(was, 7) == 0 then return 0 end
  freeKey(was, id)
  call('HINCRBY', key('head'), 'count', -1)
  if newestRead() then
    retain(id, was)
    call('HSET', key('tickets'), id, struct.pack(header, version, 0, 0, 0, 0))
    call('SADD', key('gone'), id)
  else
    call('HDEL', key('tickets'), id)
    call('ZREM', key('index'), id)
  end
  note(version, id)
  return 1
end

-- forget keeps the latest notes alone, and up to which version there are none.
function ops.forget(_, most)
  local over = call('ZCARD', key('altered')) - tonumber(most)
  if over <= 0 then return 0 end
  local last = call('ZRANGE', key('altered'), over - 1, over - 1, 'WITHSCORES')[2]
  call('ZREMRANGEBYSCORE', key('altered'), '-inf', last)
  call('HSET', key('head'), 'forgot', last)
  return 0
end

local function plain(command)
  return function(_, name, ...) call(command, key(name), ...) return 0 end
end
ops.hset, ops.hdel, ops.hincrby = plain('HSET'), plain('HDEL'), plain('HINCRBY')
ops.sadd, ops.zadd, ops.zrem = plain('SADD'), plain('ZADD'), plain('ZREM')
ops.zforget, ops.del = plain('ZREMRANGEBYSCORE'), plain('UNLINK')

local function apply(version, packed)
  local op = cmsgpack.unpack(packed)
  return ops[op[1]](version, unpack(op, 2))
end

-- A command whose answer got lost is sent again with the same nonce: the first
-- answer counts. Longer than that nobody asks again.
local remembered = 120000
local function done(nonce, changed)
  call('SET', key('done:' .. nonce), changed, 'PX', remembered)
end
