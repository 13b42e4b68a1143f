import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findRedisServer, RedisNotFoundError } from './find-redis-server.ts'
import { runCommand } from '../machine/run-command.ts'
import { startRedis } from './start-redis.ts'

async function machine(programs: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(path.join(tmpdir(), 'find-redis-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const bin = path.join(folder, 'bin')
  await mkdir(bin)
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(path.join(bin, name), script)
    await chmod(path.join(bin, name), 0o755)
  }
  return { bin, cache: path.join(folder, 'cache'), env: { PATH: bin, XDG_CACHE_HOME: path.join(folder, 'cache') } }
}

const answering = (line: string) => `#!/bin/sh\necho "${line}"\n`

test('a server on PATH that is new enough is used', async () => {
  const { bin, env } = await machine({ 'redis-server': answering('Redis server v=7.0.15 sha=00000000:0 malloc=libc') })
  expect(await findRedisServer({ env })).toEqual({ origin: 'path', command: path.join(bin, 'redis-server'), env: {} })
})

test('Valkey will do where Redis is too old', async () => {
  const { bin, env } = await machine({
    'redis-server': answering('Redis server v=6.0.16 sha=00000000:0 malloc=libc'),
    'valkey-server': answering('Valkey server v=8.1.1 sha=00000000:0 malloc=libc'),
  })
  expect(await findRedisServer({ env })).toMatchObject({ origin: 'path', command: path.join(bin, 'valkey-server') })
})

test('a search that was interrupted fetches nothing, though the server on PATH gave no answer', async () => {
  const { env } = await machine({
    'redis-server': '#!/bin/sh\nkill -INT $$\n',
    'apt-get': answering(''),
    dpkg: answering(''),
  })
  const said: string[] = []
  const signal = AbortSignal.abort(new Error('Ctrl-C'))
  await expect(findRedisServer({ env, signal, onProgress: (text) => said.push(text) })).rejects.toThrow('Ctrl-C')
  expect(said).toEqual([])
})

test('files of that name that do not run as a server count as none, and the error says what helps', async () => {
  const { bin, env } = await machine({ 'valkey-server': '#!/bin/sh\necho broken >&2\nexit 1\n' })
  await symlink('/dev/null', path.join(bin, 'redis-server'))
  const error = await findRedisServer({ env }).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(RedisNotFoundError)
  const message = error instanceof Error ? error.message : ''
  expect(message).not.toContain('\n')
  const helps = [
    'redis-server: not on PATH',
    'broken',
    'apt-get',
    'brew install redis',
    'docker: not on PATH',
    'REDIS_URL',
  ]
  for (const what of helps) expect(message).toContain(what)
})

const hasApt = process.platform === 'linux' && (await runCommand('apt-get', ['--version'], { timeoutMs: 5_000 })).ok

test.runIf(hasApt)(
  'without one it is fetched once into the cache folder, also by two at once, and runs',
  async () => {
    const { bin, cache, env } = await machine({})
    for (const name of ['apt-get', 'dpkg']) await symlink(path.join('/usr/bin', name), path.join(bin, name))
    const lines: string[] = []
    const find = () => findRedisServer({ env, onProgress: (line) => lines.push(line) })
    const [one, other] = await Promise.all([find(), find()])
    expect(one).toMatchObject({ origin: 'apt', command: path.join(cache, 'flash-sale/redis/usr/bin/redis-server') })
    expect(other).toEqual(one)
    expect(lines[0]).toMatch(/^Redis: none installed, fetching it/)
    lines.length = 0
    const found = await find()
    expect(found).toEqual({ ...one, origin: 'cache' })
    expect(lines).toEqual([])
    expect(await readdir(path.join(cache, 'flash-sale'))).toEqual(['redis'])
    const redis = await startRedis({ dataDir: path.join(cache, 'data'), server: found })
    await redis.stop()
  },
  240_000,
)
