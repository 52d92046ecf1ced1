package redis

import "github.com/redis/go-redis/v9"

// shared is what the scripts that move rows of the ledger have in common.
//
//	forward : states move forward only, for receipts come in any order and repeat; what is final stays
//	logged  : a history with a line more, of which the latest lines are kept
//	note    : such a line in the row's history
//	enqueue : the row waits until due
//	part    : the rows that this one's text was to tell go their own way again
//	requeue : a failed row waits again, as one that was never begun; what its earlier text comes to doesn't count any more
var shared = `
local TEXT, UNASKED, WORDS, FAILED = '` + keyText("") + `', '` + keyUnasked("") + `', '` + keyWords("") + `', '` + keyFailed + `'
local ranks = {planned=0, claimed=1, sent=2, delivered=3, failed=3, skipped=3, void=3}
local function forward(old, new) return (ranks[new] or -1) > (ranks[old or 'planned'] or -1) end
local function logged(log, at, state, why) return string.sub(log or '', -2000) .. at .. '\t' .. state .. '\t' .. why .. '\n' end
local function note(key, at, state, why) redis.call('HSET', key, 'log', logged(redis.call('HGET', key, 'log'), at, state, why)) end
local function enqueue(key, id, due) redis.call('ZADD', redis.call('HGET', key, 'queue'), due, id) end
local function told(with) return string.gmatch(with or '', '[^\n]+') end
local function part(with, id, now)
  for other in told(with) do
    local k = TEXT .. other
    local f = redis.call('HMGET', k, 'by', 'state', 'due')
    if f[1] == id and f[2] == 'claimed' then
      redis.call('HSET', k, 'state', 'planned')
      redis.call('HDEL', k, 'by', 'due')
      enqueue(k, other, f[3])
      note(k, now, 'planned', 'not told with the other visit after all')
    end
  end
end
local function requeue(key, id, now, due, why)
  local f = redis.call('HMGET', key, 'sid', 'was', 'round', 'to')
  redis.call('HSET', key, 'state', 'planned', 'tries', '0', 'why', '', 'was', (f[2] or '') .. (f[1] or '') .. ' ', 'round', (f[3] or 0) + 1)
  redis.call('HDEL', key, 'sid', 'token', 'first')
  local words = redis.call('GET', WORDS .. id)
  if words then redis.call('HSET', key, 'body', words) end
  redis.call('ZREM', UNASKED .. f[4], id)
  redis.call('ZREM', FAILED, id)
  redis.call('PERSIST', key)
  enqueue(key, id, due)
  note(key, now, 'planned', why)
end
`

// recall is the check of a claim that the server is the one that it was. One that was started anew may have forgotten what it acknowledged
// last: with appendfsync everysec up to two seconds, restored from a backup much more. It has another run id then, and what it still knows to
// have been seen last comes before all that it forgot: from there to now a text may have left whose record is gone. The check is part of
// every claim, so that none can come before it. It returns from when to when that is, in ms, 0 if never.
var recall = `
local function recall(server, now, step, keep)
  local info = redis.pcall('INFO', 'server') -- a hosted Redis may not tell
  local run = type(info) == 'string' and string.match(info, 'run_id:(%x+)') or ''
  local old = redis.call('HMGET', server, 'run', 'seen', 'from', 'to')
  local from, to = tonumber(old[3] or '0'), tonumber(old[4] or '0')
  if old[1] and old[1] ~= run then
    if to + keep < now then from = tonumber(old[2]) end
    to = now
    redis.call('HSET', server, 'from', from, 'to', to)
  end
  if old[1] ~= run or old[2] + step <= now then redis.call('HSET', server, 'run', run, 'seen', now) end
  return from, to
end
`

// clock is what time it is, in µs: the caller's time, if it is the server's to within skew µs, else
// the server's. It also returns by how much the caller's clock is ahead, 0 if it is right. A skew
// of 0 believes the caller: its clock is turned by hand. Queues, leases and the pace go by it, for
// they are everybody's: what one wrong clock wrote there would hold up all.
var clock = `
local function clock(now, skew)
  if skew == '0' then return tonumber(now), 0 end
  local t = redis.call('TIME')
  local own = t[1] * 1000000 + t[2]
  if math.abs(now - own) <= tonumber(skew) then return tonumber(now), 0 end
  return own, now - own
end
local function whole(n) return string.format('%.0f', math.floor(n)) end
local function ms(us) return whole(us / 1000) end
`

// free is the µs from which a segment is free. One further ahead than the pace can justify is a
// fault, of a clock that has been put right since, and doesn't count.
var free = `
local function free(pace, now, most)
  local next = tonumber(redis.call('GET', pace) or '0')
  return next > now + most and now or math.max(next, now)
end
`

// claim takes what is due, for the length of a lease, by moving its score to the lease's end.
// KEYS: due, prefix of rows, server
// ARGV: now µs, skew µs, how many, lease ms, token, step of the server's clock ms, how long doubt
// lasts ms
// Returns: {from ms, to ms, {id, {field, value…}…}}
var claim = redis.NewScript(recall + clock + `
local now = ms(clock(ARGV[1], ARGV[2]))
local from, to = recall(KEYS[3], tonumber(now), ARGV[6], ARGV[7])
local out = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[3])) do
  local key = KEYS[2] .. id
  if redis.call('EXISTS', key) == 1 then
    redis.call('ZADD', KEYS[1], whole(now + ARGV[4]), id)
    redis.call('HSET', key, 'token', ARGV[5])
    redis.call('HINCRBY', key, 'claims', 1)
    out[#out+1] = id
    out[#out+1] = redis.call('HGETALL', key)
  else
    redis.call('ZREM', KEYS[1], id)
  end
end
return {from, to, out}`)

// claimTexts is claim of the queues of texts, one before the other, with what is known of the number of each; but for alarms, of which only the
// case counts, it takes no more than the pace lets out.
// KEYS: alarm, first, due, pace, segments of the day, server
// ARGV: now µs, skew µs, how many, lease ms, token, step of the server's clock ms, how long doubt
// lasts ms, Unix s from which visits count, interval µs (0 is no limit), µs ahead, the most µs that
// a segment can be ahead, segments of the day (0 is no limit)
// Returns: {from ms, to ms, {id, {field, value…}, known…}}
var claimTexts = redis.NewScript(shared + recall + known + clock + free + `
local us = clock(ARGV[1], ARGV[2])
local now = ms(us)
local from, to = recall(KEYS[6], tonumber(now), ARGV[6], ARGV[7])
local out, left, room = {}, tonumber(ARGV[3]), tonumber(ARGV[3])
local lease, token = whole(now + ARGV[4]), ARGV[5]
local function take(queue, n, of)
  n = math.min(n, left)
  if n < 1 then return end
  local leased = {}
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', queue, '-inf', now, 'LIMIT', 0, n)) do
    local key = TEXT .. id
    local row = redis.call('HGETALL', key)
    if #row > 0 then
      leased[#leased+1], leased[#leased+2] = lease, id
      redis.call('HSET', key, 'token', token)
      row[#row+1], row[#row+2] = 'token', token
      out[#out+1], out[#out+2], out[#out+3] = id, row, of(row)
      left, room = left - 1, room - 1
    else
      redis.call('ZREM', queue, id)
    end
  end
  if #leased > 0 then redis.call('ZADD', queue, unpack(leased)) end
end
local function nobody() return {} end
local function number(row)
  for i = 1, #row, 2 do
    if row[i] == 'to' then return known(row[i+1], ARGV[8]) end
  end
  return {} -- a row without a number is a fault of that row alone
end
take(KEYS[1], left, nobody)
if ARGV[9] ~= '0' then
  room = math.min(room, math.floor((us + ARGV[10] - free(KEYS[4], us, ARGV[11])) / ARGV[9]) + 1)
end
take(KEYS[2], room, number)
if ARGV[12] ~= '0' then room = math.min(room, ARGV[12] - (redis.call('GET', KEYS[5]) or '0')) end
take(KEYS[3], room, number)
return {from, to, out}`)

// begin stores that a send begins: see handlers.Ledger. What it refuses leaves everything as it was.
// KEYS: row, unasked texts of the number, turn of the number, pace, segments of the day
// ARGV: token, id, says, body, tries, first ms ("" if unknown), now µs, skew µs, lease ms,
//
//	10: 1 if unasked, day's start ms, most a day, week's start ms, most a week, lifetime of the
//	count s, how many of the day and of the week are kept for others,
//	18: segments, interval µs (0 is no limit), µs ahead ("" if it can't wait for the pace), the most
//	µs that a segment can be ahead, segments of the pace's day (0 is no limit), its end ms, lifetime
//	of the pace s,
//	25: rows it tells as well (ids, one a line), version of the number's state ("" if it isn't
//	decided from), 1 if the number was sent an unasked text by then
//
// Returns, with times by the caller's clock: {0} the claim is lost or a receipt says that it was
// sent, {1, µs} send it then, {2, day or week} the number had its share of it, {3, µs} too early
// for the pace until then, {4, ids} of the rows it was to tell only these still can be, {5} the
// number's state has changed
var begin = redis.NewScript(shared + clock + free + `
local id, us, off = ARGV[2], clock(ARGV[7], ARGV[8])
local now = ms(us)
local held = redis.call('HMGET', KEYS[1], 'token', 'state', 'queue', 'log', 'first')
if held[1] ~= ARGV[1] or held[2] ~= 'planned' then return {0} end
local can, all = {}, true
for other in told(ARGV[25]) do
  local f = redis.call('HMGET', TEXT .. other, 'state', 'tries', 'by')
  if f[1] == 'planned' and f[2] == '0' or f[3] == id and (f[1] == 'claimed' or f[1] == 'skipped') then can[#can+1] = other else all = false end
end
if not all then return {4, table.concat(can, '\n')} end
if ARGV[26] ~= '' and (redis.call('GET', KEYS[3]) or '0') ~= ARGV[26] then return {5} end
if ARGV[10] == '1' then
  local had = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. ARGV[13], '+inf', 'WITHSCORES')
  local day, week = tonumber(ARGV[16]), tonumber(ARGV[17])
  for i = 1, #had, 2 do
    if had[i] == id then day, week = -math.huge, -math.huge end -- begun before, it counts already
    week = week + 1
    if tonumber(had[i+1]) >= tonumber(ARGV[11]) then day = day + 1 end
  end
  if ARGV[12] ~= '0' and day >= tonumber(ARGV[12]) then return {2, 'day'} end
  if ARGV[14] ~= '0' and week >= tonumber(ARGV[14]) then return {2, 'week'} end
  if ARGV[26] ~= '' and ARGV[27] ~= '1' and #had > 0 then return {5} end
end
local at, paced = us, ARGV[19] ~= '0'
local segment = paced and free(KEYS[4], us, ARGV[21])
if paced and ARGV[20] ~= '' then
  at = segment
  if at > us + ARGV[20] then return {3, whole(at + off)} end
end
local used = tonumber(redis.call('GET', KEYS[5]) or '0')
if ARGV[10] == '1' and ARGV[22] ~= '0' and used >= tonumber(ARGV[22]) then
  return {3, ARGV[23] .. '000'}
end
-- Counted where no limit holds the text back, too: one that left before the server forgot it is the day's as well.
if paced then redis.call('SET', KEYS[4], whole(segment + ARGV[18] * ARGV[19]), 'EX', ARGV[24]) end
redis.call('SET', KEYS[5], used + ARGV[18], 'EX', ARGV[24])
if ARGV[10] == '1' then -- begun anew it counts once, from now
  redis.call('ZADD', KEYS[2], now, id)
  redis.call('EXPIRE', KEYS[2], ARGV[15])
end
for _, other in ipairs(can) do
  local k = TEXT .. other
  local f = redis.call('HMGET', k, 'state', 'queue')
  if f[1] == 'planned' then
    redis.call('HSET', k, 'state', 'claimed', 'by', id, 'due', redis.call('ZSCORE', f[2], other) or now)
    redis.call('HDEL', k, 'token')
    redis.call('ZREM', f[2], other)
    note(k, now, 'claimed', 'by the text that tells of both visits of the day')
  end
end
local first = ARGV[6]
if first ~= '' and first ~= held[5] then first = whole(first - off / 1000) end -- this try's own
redis.call('ZADD', held[3], whole(now + ARGV[9]), id)
redis.call('HSET', KEYS[1], 'tries', ARGV[5], 'first', first, 'says', ARGV[3], 'body', ARGV[4],
  'with', ARGV[25], 'log', logged(held[4], now, 'claimed', ''))
return {1, whole(at + off)}`)

// settle stores a row as it now is and gives its claim back. A receipt may have come first, so a state moves forward only.
// KEYS: row, unasked texts of the number, failed, words
// ARGV: token, id, row ("" where it is as it was), state, sid, why, at (RFC 3339), now ms, due ms ("" for good), lifetime s, tries, errors, a
// line for the history, body to keep, lifetime of it s
//
// Returns: 1, or 0 when the claim is lost
var settle = redis.NewScript(shared + `
local id, now, state = ARGV[2], ARGV[8], ARGV[4]
local held = redis.call('HMGET', KEYS[1], 'token', 'queue', 'state', 'log', 'with')
if held[1] ~= ARGV[1] then return 0 end
local set = {'tries', ARGV[11], 'errors', ARGV[12]}
local function put(field, value) set[#set+1], set[#set+2] = field, value end
if ARGV[3] ~= '' then put('row', ARGV[3]) end
if ARGV[5] ~= '' then put('sid', ARGV[5]) end
if forward(held[3], state) then
  put('state', state)
  put('why', ARGV[6])
  put('at', ARGV[7])
  put('log', logged(held[4], now, state, ARGV[6]))
  if state == 'failed' then redis.call('ZADD', KEYS[3], now, id) end
elseif ARGV[13] ~= '' and held[3] == 'planned' then
  put('why', ARGV[6])
  put('log', logged(held[4], now, 'planned', ARGV[13]))
end
redis.call('HSET', KEYS[1], unpack(set))
if state == 'sent' or ARGV[9] == '' and ARGV[11] ~= '0' then -- or it was given up without knowing: then it may have been sent
  for other in told(held[5]) do
    local k = TEXT .. other
    local f = redis.call('HMGET', k, 'by', 'state')
    if f[1] == id and f[2] == 'claimed' then
      redis.call('HSET', k, 'state', 'skipped', 'why', 'told with the other visit of the day', 'at', ARGV[7])
      redis.call('EXPIRE', k, ARGV[10])
      note(k, now, 'skipped', 'told with the other visit of the day')
    end
  end
elseif ARGV[11] == '0' then
  redis.call('ZREM', KEYS[2], id)
  part(held[5], id, now)
end
if ARGV[9] ~= '' then
  redis.call('HDEL', KEYS[1], 'token')
  redis.call('ZADD', held[2], ARGV[9], id)
  return 1
end
redis.call('HDEL', KEYS[1], 'token', 'body')
if ARGV[14] ~= '' and held[3] ~= 'delivered' then redis.call('SET', KEYS[4], ARGV[14], 'EX', ARGV[15]) end
redis.call('ZREM', held[2], id)
redis.call('EXPIRE', KEYS[1], ARGV[10])
return 1`)

// advance moves a row forward on a receipt, and may put a failed one back to be tried again.
// KEYS: row, failed, words
// ARGV: state, sid, why, at (RFC 3339), now ms, id, when to try again ms ("" never), a line for the history then
// Returns: 1 if it moved, 2 if it waits again, 0 if it was that far or the receipt is of a text before, -1 if there is no such row
var advance = redis.NewScript(shared + `
local f = redis.call('HMGET', KEYS[1], 'state', 'was', 'errors')
if not f[1] then return -1 end
if f[2] and ARGV[2] ~= '' and string.find(f[2], ARGV[2] .. ' ', 1, true) then return 0 end
if not forward(f[1], ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'state', ARGV[1], 'sid', ARGV[2], 'why', ARGV[3], 'at', ARGV[4])
note(KEYS[1], ARGV[5], ARGV[1], ARGV[3])
if ARGV[1] == 'delivered' then redis.call('DEL', KEYS[3]) end
if ARGV[1] ~= 'failed' then return 1 end
if ARGV[7] == '' then
  redis.call('ZADD', KEYS[2], ARGV[5], ARGV[6])
  return 1
end
redis.call('HSET', KEYS[1], 'errors', (f[3] or 0) + 1)
requeue(KEYS[1], ARGV[6], ARGV[5], ARGV[7], ARGV[8])
return 2`)
