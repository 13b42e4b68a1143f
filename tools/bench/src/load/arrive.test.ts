import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { arrive } from './arrive.ts'

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

const newBuyers = { jwtSecret: 'a secret of a test', name: 'new', count: 2_000, bodies: ['{}'] }

test('all connections order until the time is over, and each order is counted in the second in which it began', async () => {
  const buyers = new Set<string | undefined>()
  let servedCount = 0
  const port = await serve((incoming, response) => {
    servedCount += 1
    buyers.add(incoming.headers.authorization)
    incoming.resume().once('end', () => setTimeout(() => response.writeHead(202, { 'content-length': 0 }).end(), 20))
  })
  const { seconds } = await arrive({ port, connectionCount: 5, seconds: 2, newBuyers, answerWithinMs: 10_000 })
  const answered = seconds.map(({ answersByStatus }) => answersByStatus['202'] ?? 0)
  expect(answered[0]! + answered[1]!).toBe(servedCount)
  expect(Math.min(...answered)).toBeGreaterThan(0)
  expect(seconds[0]!.durations.reduce((sum, n) => sum + n, 0)).toBe(answered[0])
  expect(buyers.size).toBe(servedCount)
  expect(seconds.map(({ failures }) => failures)).toEqual([{}, {}])
})

test('a connection that is refused or closed counts as failed', async () => {
  const closing = await serve((incoming) => incoming.socket.destroy())
  const plan = { port: closing, connectionCount: 3, seconds: 1, newBuyers, answerWithinMs: 10_000 }
  const { seconds } = await arrive(plan)
  expect(Object.values(seconds[0]!.failures).reduce((sum, n) => sum + n, 0)).toBe(3)
  const nobody = await arrive({ ...plan, port: 1 })
  expect(nobody.seconds[0]!.failures).toEqual({ 'no connection to port 1: connect ECONNREFUSED 127.0.0.1:1': 3 })
})
