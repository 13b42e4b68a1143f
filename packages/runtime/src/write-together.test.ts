import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test, vi } from 'vitest'
import { writeTogether } from './write-together.ts'

/** Answers each command with OK, and says how many commands each piece of bytes held. */
async function startFakeRedis(): Promise<{ port: number; received: number[] }> {
  const received: number[] = []
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      const count = bytes.toString().split('*').length - 1
      received.push(count)
      socket.write('+OK\r\n'.repeat(count))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { port: (server.address() as AddressInfo).port, received }
}

test('commands that are sent together leave in one write, and later ones are not held back', async () => {
  const { port, received } = await startFakeRedis()
  const redis = new Redis({ host: '127.0.0.1', port, enableReadyCheck: false, disableClientInfo: true })
  onTestFinished(() => redis.disconnect())
  await redis.ping()
  const write = vi.spyOn(redis.stream, 'write')
  received.length = 0
  const answers: Promise<unknown>[] = []
  writeTogether(redis, () => {
    for (let i = 0; i < 8; i += 1) answers.push(redis.set('key', 'x'.repeat(1_000)))
    expect(write).toHaveBeenCalledTimes(8)
  })
  await Promise.all(answers)
  expect(received).toEqual([8])
  await redis.ping()
  expect(received).toEqual([8, 1])
})

test('without a connection the commands wait for one', async () => {
  const redis = new Redis({ host: '127.0.0.1', port: 1, lazyConnect: true })
  onTestFinished(() => redis.disconnect())
  const failed = vi.fn()
  writeTogether(redis, () => void redis.ping().catch(failed))
  redis.disconnect()
  await vi.waitFor(() => expect(failed).toHaveBeenCalled())
})
