import { createServer, type RequestListener } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { writeAnswersAsOne } from './write-as-one.ts'

const answers: Record<string, RequestListener> = {
  'a text': (_request, response) => response.end('done'),
  'a text of several languages': (_request, response) => response.end('完了, fini, ✓'),
  'a text of latin1': (_request, response) => response.end('café', 'latin1'),
  bytes: (_request, response) => response.end(Buffer.from([0, 1, 254, 255])),
  nothing: (_request, response) => response.writeHead(204).end(),
  'a head alone': (_request, response) => response.writeHead(202, { location: '/there' }).end(),
  'an empty text': (_request, response) => response.end(''),
  'pieces of unknown length': (_request, response) => {
    response.write('one ')
    response.write('')
    response.end('two')
  },
  'pieces of known length': (_request, response) => {
    response.writeHead(200, { 'content-length': 6 })
    response.write('one')
    response.end('two')
  },
  'two pieces, and the end later': (_request, response) => {
    response.writeHead(200, { 'content-length': 6 })
    response.write('one')
    response.write('two')
    setImmediate(() => response.end())
  },
  'more than the system takes at once': (_request, response) => response.end('x'.repeat(8_000_000)),
  'a stream that goes on': (_request, response) => {
    response.write('first')
    setImmediate(() => response.end('last'))
  },
}

/** All that one connection answers to three requests that are sent at once. */
async function answersOf(listener: RequestListener, onConnection: (connection: Socket) => void): Promise<string> {
  const server = createServer((request, response) => {
    response.sendDate = false
    listener(request, response)
  })
  server.on('connection', onConnection)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const get = 'GET / HTTP/1.1\r\nhost: x\r\n'
  socket.write(`${get}\r\n${get}\r\n${get}connection: close\r\n\r\n`)
  const all = await text(socket.setEncoding('latin1'))
  server.close()
  return all
}

test.each(Object.entries(answers))('%s arrives as Node alone would write it', async (_what, listener) => {
  const asOne = await answersOf(listener, writeAnswersAsOne)
  expect(asOne.match(/HTTP\/1\.1 20/g)).toHaveLength(3)
  expect(asOne).toBe(await answersOf(listener, () => undefined))
})

test('an answer is one write of one piece', async () => {
  const writes: string[] = []
  await answersOf(answers['a text']!, (connection) => {
    writeAnswersAsOne(connection)
    const { _handle: handle } = connection as unknown as { _handle: Record<string, (...args: unknown[]) => unknown> }
    for (const name of ['writev', 'writeUtf8String', 'writeLatin1String', 'writeBuffer']) {
      const write = handle[name]!.bind(handle)
      handle[name] = (...args) => {
        writes.push(name)
        return write(...args)
      }
    }
  })
  expect(writes).toEqual(['writeUtf8String', 'writeUtf8String', 'writeUtf8String'])
})
