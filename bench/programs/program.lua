-- The workloads in Lua. See `bench/subjects/program.mjs`.

local SEED <const> = 12345
local OTHERS_SEED <const> = 67890
local state = SEED

local function draw(bound)
  state = state ~ ((state << 13) & 0xffffffff)
  state = state ~ (state >> 17)
  state = state ~ ((state << 5) & 0xffffffff)
  return state % bound
end

-- A list, or the first of some objects.
local held = nil
local is_list = false
local is_drawn = true

local program = {}

function program.enable(on)
  collectgarbage(on == 1 and "restart" or "stop")
end
function program.collect()
  collectgarbage("collect")
  return 0
end
function program.bytesInUse()
  collectgarbage("collect")
  return collectgarbage("count") * 1024
end

function program.alive()
  local seen, objects, pending = {}, 0, {}
  if is_list then
    for _, item in ipairs(held) do pending[#pending + 1] = item end
  elseif held then
    pending[1] = held
  end
  while #pending > 0 do
    local node = pending[#pending]
    pending[#pending] = nil
    if not seen[node] then
      seen[node] = true
      objects = objects + 1
      if node.a then pending[#pending + 1] = node.a end
      if node.b then pending[#pending + 1] = node.b end
    end
  end
  return objects
end

-- Births and deaths
function program.churn(count)
  for _ = 1, count do
    local _object = { a = false, b = false }
  end
end

local function tree(depth)
  if depth == 0 then return { a = false, b = false } end
  return { a = tree(depth - 1), b = tree(depth - 1) }
end
function program.trees(depth)
  tree(depth)
end
local function count_nodes(node)
  return node and 1 + count_nodes(node.a) + count_nodes(node.b) or 0
end
function program.treeNodes(depth)
  return count_nodes(tree(depth))
end

function program.chain(count)
  local head = false
  for _ = 1, count do head = { a = head, b = false } end
  held, is_list = head, false
end
function program.drop()
  held, is_list = nil, false
  collectgarbage("collect")
end

-- Graphs
local function fill(count)
  held, is_list = {}, true
  for i = 1, count do held[i] = { a = false, b = false } end
end
function program.redraw()
  state, is_drawn = SEED, true
  local length = #held
  for i = 1, length do
    local item = held[i]
    item.a = held[draw(length) + 1]
    item.b = held[draw(length) + 1]
  end
end
function program.graph(count)
  fill(count)
  program.redraw()
end
function program.sequence(count)
  fill(count)
  for i = 1, count do
    held[i].a = held[i + 1] or false
    held[i].b = held[i - 1] or false
  end
  is_drawn = false
end
function program.age(replacements)
  state = OTHERS_SEED
  local length = #held
  for _ = 1, replacements do
    local index = draw(length) + 1
    local object = { a = false, b = false }
    object.a = held[draw(length) + 1]
    object.b = held[draw(length) + 1]
    local old = held[index]
    old.a, old.b = false, false
    held[index] = object
  end
end
function program.edges()
  state = SEED
  local length, right = #held, 0
  for i = 1, length do
    local a, b
    if is_drawn then
      a, b = held[draw(length) + 1], held[draw(length) + 1]
    else
      a, b = held[i + 1] or false, held[i - 1] or false
    end
    if held[i].a == a then right = right + 1 end
    if held[i].b == b then right = right + 1 end
  end
  return right
end
function program.keepFirst()
  held, is_list = held[1], false
end

-- Cycles
local function cycle()
  local a = { a = false, b = false }
  a.a = { a = a, b = false }
  return a
end
function program.cycles(count)
  for _ = 1, count // 2 do cycle() end
end
program.garbage = program.cycles
function program.ring(objects)
  held, is_list, state = {}, true, OTHERS_SEED
  for i = 1, objects // 2 do held[i] = cycle() end
end
function program.replace(count)
  local length = #held
  for _ = 1, count do held[draw(length) + 1] = cycle() end
end

return program
