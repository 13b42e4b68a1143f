import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'

const headerBytes = 12
const typeA = 1
const ttlSeconds = 1

/** A name server that answers each question for IPv4 addresses with the present `addresses`, as Docker's does. */
export async function startNameServer(addresses: () => readonly string[]): Promise<{ readonly address: string }> {
  const socket = createSocket('udp4')
  socket.on('message', (query, client) => {
    const question = query.subarray(headerBytes, query.indexOf(0, headerBytes) + 5)
    const isA = question.readUInt16BE(question.length - 4) === typeA
    const answers = isA ? addresses().map(recordOf) : []
    const header = Buffer.alloc(headerBytes)
    query.copy(header, 0, 0, 2)
    // A response, by a server that may ask others.
    header.writeUInt16BE(0x81_80, 2)
    header.writeUInt16BE(1, 4)
    header.writeUInt16BE(answers.length, 6)
    socket.send(Buffer.concat([header, question, ...answers]), client.port, client.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  onTestFinished(() => void socket.close())
  return { address: `127.0.0.1:${socket.address().port}` }
}

/** An A record for the name in the question, which begins right after the header. */
function recordOf(address: string): Buffer {
  const record = Buffer.alloc(16)
  record.writeUInt16BE(0xc0_00 + headerBytes, 0)
  record.writeUInt16BE(typeA, 2)
  record.writeUInt16BE(1, 4)
  record.writeUInt32BE(ttlSeconds, 6)
  record.writeUInt16BE(4, 10)
  record.set(address.split('.').map(Number), 12)
  return record
}
