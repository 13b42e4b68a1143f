import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import getPort from 'get-port'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { commandLineOf } from '../machine/process-facts.ts'
import { startRedis, type StartRedisOptions } from './start-redis.ts'

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'start-redis-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function started(options: StartRedisOptions) {
  const redis = await startRedis(options)
  onTestFinished(redis.stop)
  const client = new Redis(redis.url)
  client.on('error', () => undefined)
  onTestFinished(() => client.disconnect())
  return { redis, client }
}

test('it keeps every acknowledged write, never evicts, and answers on 127.0.0.1 only', async () => {
  const { client } = await started({ dataDir: await temporaryFolder() })
  const settings: unknown = await client.config(
    'GET',
    'append*',
    'maxmemory-policy',
    'hash-max-listpack-entries',
    'bind',
  )
  const pairs = Array.isArray(settings) ? settings.map((name, at) => `${name} ${settings[at + 1]}`) : []
  const expected = ['appendonly yes', 'appendfsync always', 'maxmemory-policy noeviction', 'bind 127.0.0.1']
  expect(pairs).toEqual(expect.arrayContaining([...expected, 'hash-max-listpack-entries 128']))
})

test('killed in the middle and started again on its folder and port, it has what it had', async () => {
  const dataDir = await temporaryFolder()
  const first = await started({ dataDir })
  await first.client.set('unit', 'taken')
  first.redis.kill('SIGKILL')
  expect(await first.redis.exited).toEqual({ code: null, signal: 'SIGKILL' })
  const second = await started({ dataDir, port: first.redis.port })
  expect(await second.client.get('unit')).toBe('taken')
})

test('a port that is taken is an error when it was asked for, even if another Redis answers there', async () => {
  const { redis } = await started({ dataDir: await temporaryFolder() })
  const second = startRedis({ dataDir: await temporaryFolder(), port: redis.port })
  await expect(second).rejects.toThrow(`Redis did not start on port ${redis.port}: `)
})

test('settings it does not know are reported in its own words, and nothing is left running', async () => {
  const pids: number[] = []
  const dataDir = await temporaryFolder()
  const start = startRedis({ dataDir, extraArgs: ['--no-such-setting', '1'], recordPid: (pid) => pids.push(pid) })
  await expect(start).rejects.toThrow('no-such-setting')
  expect(pids).toHaveLength(1)
  for (const pid of pids) expect(await commandLineOf(pid)).toBeUndefined()
})

test('its command line names its folder, and stopping twice is stopping once', async () => {
  const dataDir = await temporaryFolder()
  const redis = await startRedis({ dataDir, port: await getPort({ host: '127.0.0.1' }) })
  expect(await commandLineOf(redis.pid)).toContain(dataDir)
  await Promise.all([redis.stop(), redis.stop()])
  await redis.stop()
  expect(await redis.exited).toEqual({ code: 0, signal: null })
})
