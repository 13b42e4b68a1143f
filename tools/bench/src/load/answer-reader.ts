/** The facts of an HTTP answer that the generator counts. */
export interface HttpAnswer {
  readonly status: number
  /** The header that is counted was there. */
  readonly isCounted: boolean
}

/** Far more than any answer of an order route. A longer answer is an error. */
const answerBytesMax = 64 * 1_024
const headEndMark = '\r\n\r\n'

/**
 * Reads the answers of one connection that has one request under way at a time. Call it with the bytes that arrive. It returns the answer
 * once it is complete. It knows only a status line and a Content-Length, and throws on anything else.
 */
export function createAnswerReader(countedHeader?: string): (arrived: Buffer) => HttpAnswer | undefined {
  const counted = countedHeader && `\r\n${countedHeader.toLowerCase()}:`
  let held: Buffer | undefined
  return (arrived) => {
    const bytes = held ? Buffer.concat([held, arrived]) : arrived
    const headLength = bytes.indexOf(headEndMark)
    if (headLength >= 0) {
      const head = bytes.toString('latin1', 0, headLength)
      const answerLength = headLength + headEndMark.length + contentLengthOf(head)
      if (bytes.length > answerLength) throw new Error('more came than was asked for')
      if (bytes.length === answerLength) {
        held = undefined
        return { status: statusOf(head), isCounted: counted ? head.toLowerCase().includes(counted) : false }
      }
    }
    if (bytes.length > answerBytesMax) throw new Error(`an answer of more than ${answerBytesMax} bytes`)
    // A copy: what arrives next is read into the same memory.
    held = Buffer.from(bytes)
    return undefined
  }
}

function statusOf(head: string): number {
  const status = head.startsWith('HTTP/1.') ? Number(head.slice(9, 12)) : Number.NaN
  if (status >= 200 && status <= 599) return status
  throw new Error(`not an HTTP answer: ${head.slice(0, 40)}`)
}

function contentLengthOf(head: string): number {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length === undefined) throw new Error(`an answer without Content-Length: ${head.slice(0, 40)}`)
  return Number(length)
}
