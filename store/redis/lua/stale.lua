-- stale tells which of the ids are not stored as told, seen at one moment.
-- ARGV: name of the list, version, ids. Answers 1 for each that is stale.
local list, version, out = key('told:' .. ARGV[1]), tonumber(ARGV[2]), {}

local function at(id)
  local was = call('HGET', key('tickets'), id)
  if not was or (struct.unpack('>I6', was)) <= version then return was end
  local chain, from = call('HGET', key('old'), id) or '', 1
  while from <= #chain do
    local n = struct.unpack('>I4', chain, from)
    if (struct.unpack('>I6', chain, from + 4)) <= version then return string.sub(chain, from + 4, from + 3 + n) end
    from = from + 4 + n
  end
end

for i = 3, #ARGV do
  local id, was = ARGV[i], at(ARGV[i])
  local told = call('HGET', list, id)
  local stale = not was or string.byte(was, 7) == 0
  if not stale and told then
    local _, _, h, l, n = struct.unpack(header, was)
    local hi, lo = struct.unpack('>I4I4', told)
    local k = string.sub(told, 9)
    stale = h < hi or (h == hi and l < lo)
      or (k ~= '' and (k ~= string.sub(was, 20, 19 + n) or call('HGET', key('keys'), k) ~= id))
  end
  out[#out + 1] = stale and 1 or 0
end
return out
