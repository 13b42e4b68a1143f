import { startTestRedis } from '@flash-sale/testing/test-redis'
import type { Redis } from 'ioredis'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readLuaText, runLuaScript, runLuaScriptForEach, type LuaScript } from './lua-script.ts'
import { closeRedis, connectRedis } from './redis.ts'

let server: Awaited<ReturnType<typeof startTestRedis>>
let redis: Redis

beforeEach(async () => {
  server = await startTestRedis()
  redis = connectRedis({ url: server.url, role: 'scripts', logger: { info: () => {}, warn: () => {} } })
})

afterEach(async () => {
  await closeRedis(redis)
  await server.stop()
})

const append: LuaScript = { name: 'append', keyCount: 1, lua: `return redis.call('APPEND', KEYS[1], ARGV[1])` }

test('a script runs with its keys and arguments, and its reply comes back', async () => {
  expect(await runLuaScript(redis, append, ['text'], ['abc'])).toBe(3)
  expect(await runLuaScript(redis, append, ['text'], [45])).toBe(5)
  expect(await redis.get('text')).toBe('abc45')
})

test('its text is sent once, and then only its name', async () => {
  for (let times = 0; times < 5; times += 1) await runLuaScript(redis, append, ['text'], ['a'])
  const calls = await redis.info('commandstats')
  expect(/cmdstat_eval:calls=(\d+)/.exec(calls)?.[1]).toBe('1')
  expect(/cmdstat_evalsha:calls=(\d+)/.exec(calls)?.[1]).toBe('4')
})

test('a Redis that forgot the script is sent it again', async () => {
  await runLuaScript(redis, append, ['text'], ['a'])
  await redis.script('FLUSH')
  expect(await runLuaScript(redis, append, ['text'], ['b'])).toBe(2)
})

test('two scripts and two connections do not get in each other’s way', async () => {
  const length: LuaScript = { name: 'length', keyCount: 1, lua: `return redis.call('STRLEN', KEYS[1])` }
  const other = connectRedis({ url: server.url, role: 'scripts', logger: { info: () => {}, warn: () => {} } })
  await runLuaScript(redis, append, ['text'], ['ab'])
  await runLuaScript(other, append, ['text'], ['c'])
  expect(await runLuaScript(redis, length, ['text'], [])).toBe(3)
  expect(await runLuaScript(other, length, ['text'], [])).toBe(3)
  await closeRedis(other)
})

test('an included file has its place in one line, and errors name the line of the including file', async () => {
  const texts: Record<string, string> = {
    'main.lua': `-- Adds.\n-- include: adding.lua\nif #ARGV == 0 then return nil + 1 end\nreturn add(ARGV[1])`,
    'adding.lua': `-- What adds.\nlocal seven = '7'  -- a text\n\nlocal function add(n)\n  return n + seven\nend\n`,
  }
  const read = (from: URL) => texts[from.pathname.slice(1)]!
  const adding: LuaScript = { name: 'adding', keyCount: 0, lua: readLuaText(new URL('file:///main.lua'), read) }
  expect(adding.lua.split('\n')[1]).toBe("local seven = '7' local function add(n) return n + seven end")
  expect(await runLuaScript(redis, adding, [], [4])).toBe(11)
  await expect(runLuaScript(redis, adding, [], [])).rejects.toThrow(/user_script:3: attempt to perform arithmetic/)
})

test('an error of the script is the rejection', async () => {
  const failing: LuaScript = { name: 'failing', keyCount: 0, lua: `return redis.error_reply('NO because')` }
  await expect(runLuaScript(redis, failing, [], [])).rejects.toThrow('NO because')
})

test('a script runs for many sets of keys at once, also in a Redis that forgot it, and one failure is all of them', async () => {
  const read: LuaScript = { name: 'read', keyCount: 1, lua: `return redis.call('GET', KEYS[1])` }
  await redis.mset({ a: '1', b: '2' })
  expect(await runLuaScriptForEach(redis, read, [['a'], ['b'], ['none']])).toEqual(['1', '2', null])
  await redis.script('FLUSH')
  expect(await runLuaScriptForEach(redis, read, [['b'], ['a']])).toEqual(['2', '1'])
  expect(await runLuaScriptForEach(redis, read, [])).toEqual([])
  await redis.lpush('list', 'x')
  await expect(runLuaScriptForEach(redis, read, [['a'], ['list']])).rejects.toThrow('WRONGTYPE')
})
