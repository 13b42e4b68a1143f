import { expect, test } from 'vitest'
import { createAnswerReader } from './answer-reader.ts'

const answer = Buffer.from('HTTP/1.1 202 Accepted\r\nContent-Length: 5\r\nIdempotent-Replayed: true\r\n\r\nhello')

test('an answer is read whole however it is cut on its way', () => {
  for (let cut = 1; cut < answer.length; cut += 1) {
    const read = createAnswerReader('idempotent-replayed')
    expect(read(answer.subarray(0, cut)), `cut at ${cut}`).toBeUndefined()
    expect(read(answer.subarray(cut)), `cut at ${cut}`).toEqual({ status: 202, isCounted: true })
  }
})

test('what was held of one answer does not change when its memory is used for the next bytes', () => {
  const read = createAnswerReader()
  const memory = Buffer.from(answer.subarray(0, 30))
  read(memory)
  memory.fill(0)
  expect(read(answer.subarray(30))).toEqual({ status: 202, isCounted: false })
})

test('answers follow one another on a connection', () => {
  const read = createAnswerReader('idempotent-replayed')
  expect(read(answer)).toEqual({ status: 202, isCounted: true })
  expect(read(Buffer.from('HTTP/1.1 409 Conflict\r\ncontent-length: 0\r\n\r\n'))).toEqual({
    status: 409,
    isCounted: false,
  })
})

test.each([
  ['more than was asked for', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nab', 'more came than was asked for'],
  ['no length', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', 'without Content-Length'],
  ['no HTTP', 'SSH-2.0-OpenSSH\r\ncontent-length: 0\r\n\r\n', 'not an HTTP answer'],
  ['an interim answer', 'HTTP/1.1 100 Continue\r\ncontent-length: 0\r\n\r\n', 'not an HTTP answer'],
])('%s is an error and no answer', (_, text, message) => {
  expect(() => createAnswerReader()(Buffer.from(text))).toThrow(message)
})
