import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { connectDatabase } from './connect.ts'

const message = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}
const authenticationOk = message('R', Buffer.alloc(4))
const readyForQuery = message('Z', Buffer.from('I'))
const terminated = message('E', Buffer.from('SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0'))

/** A Postgres that is told to stop in the moment in which it lets a connection in: both answers arrive together. */
async function startStoppingPostgres(): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end(Buffer.concat([authenticationOk, readyForQuery, terminated])))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `postgresql://ann:secret@127.0.0.1:${(server.address() as AddressInfo).port}/shop`
}

test.each([false, true])(
  'a connection that Postgres ends as soon as it let it in fails the transaction, and not the process (pooled: %s)',
  async (isPooled) => {
    const url = await startStoppingPostgres()
    const database = connectDatabase(url, { poolSizeMax: 1, statementTimeoutMs: 1_000, isPooled })
    const uncaught: unknown[] = []
    const note = (error: unknown) => void uncaught.push(error)
    const others = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException').on('uncaughtException', note)
    onTestFinished(async () => {
      process.off('uncaughtException', note)
      for (const other of others) process.on('uncaughtException', other)
      await database.$disconnect()
    })
    await expect(database.$transaction(async (tx) => tx.$queryRaw`SELECT 1`)).rejects.toThrow()
    expect(uncaught).toEqual([])
  },
)
