import { connect } from 'node:net'

export interface PressBounds {
  readonly orderCount: number
  readonly withinMs: number
}

const connectionCount = 64

/** Sends orders of one unit, each with the token of another number. Resolves to how many were accepted when all are answered or the time is over. */
export async function pressOrders(
  port: number,
  tokenOf: (n: number) => string,
  { orderCount, withinMs }: PressBounds,
): Promise<number> {
  const endsAtMs = performance.now() + withinMs
  let sentCount = 0
  const nextRequest = () => {
    if (sentCount >= orderCount || performance.now() >= endsAtMs) return undefined
    sentCount += 1
    return requestOf(tokenOf(sentCount))
  }
  const counts = await Promise.all(
    Array.from({ length: connectionCount }, () => sendInTurn(port, withinMs, nextRequest)),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

/** Sends the next request when the one before is answered. An answer to an order is small, and arrives as a whole. */
function sendInTurn(port: number, withinMs: number, nextRequest: () => string | undefined): Promise<number> {
  return new Promise((resolve) => {
    let acceptedCount = 0
    const socket = connect({ host: '127.0.0.1', port, noDelay: true })
    const sendNext = () => {
      const request = nextRequest()
      if (request === undefined) socket.destroy()
      else socket.write(request)
    }
    socket.setTimeout(withinMs, () => socket.destroy())
    socket.on('connect', sendNext)
    socket.on('data', (bytes) => {
      if (bytes.toString('latin1', 9, 12) === '202') acceptedCount += 1
      sendNext()
    })
    // Without it the process is only colder.
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(acceptedCount))
  })
}

const body = JSON.stringify({ itemId: 1, quantity: 1 })

function requestOf(token: string): string {
  const head = [
    'POST /v1/orders HTTP/1.1',
    'host: 127.0.0.1',
    `authorization: Bearer ${token}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}
