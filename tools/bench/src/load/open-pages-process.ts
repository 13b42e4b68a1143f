import { connect, type Socket } from 'node:net'
import { answerParent } from '../own-child.ts'

/** What the process that stands for open shop pages is asked. */
export interface OpenPagesQuestion {
  /** Opens so many streams of the sales, in addition to those that are open. */
  readonly open?: { readonly port: number; readonly count: number }
  /** Closes all that are open. */
  readonly close?: boolean
}

export interface OpenPagesAnswer {
  /** Of the first stream that was refused, if one was. */
  readonly refusedStatus?: number
  readonly openCount: number
  /** Bytes that arrived on all streams until now. */
  readonly byteCount: number
}

/** Streams that are opened at the same time. More would wait in the server's backlog. */
const openingAtOnce = 100
const firstEventWithinMs = 20_000
const sockets = new Set<Socket>()
let byteCount = 0

async function answer({ open, close }: OpenPagesQuestion): Promise<OpenPagesAnswer> {
  // A reset leaves no socket behind. After an ordinary end the system would run out of ports.
  if (close) for (const socket of sockets) socket.resetAndDestroy()
  let leftCount = open?.count ?? 0
  let refusedStatus: number | undefined
  async function openInTurn(): Promise<void> {
    while (leftCount > 0 && refusedStatus === undefined) {
      leftCount -= 1
      const status = await openStream(open!.port)
      if (status !== 200) refusedStatus = status
    }
  }
  await Promise.all(Array.from({ length: openingAtOnce }, openInTurn))
  return { openCount: sockets.size, byteCount, ...(refusedStatus !== undefined && { refusedStatus }) }
}

/** Resolves to the status, of an accepted stream when its first event has arrived. A bare socket costs less memory than a client of HTTP. */
function openStream(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' })
    const late = setTimeout(() => {
      socket.destroy()
      reject(new Error(`no event in ${firstEventWithinMs} ms`))
    }, firstEventWithinMs)
    let head = ''
    socket.on('error', (error) => {
      clearTimeout(late)
      reject(error)
    })
    socket.on('close', () => sockets.delete(socket))
    socket.write('GET /v1/sales/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n')
    const readHead = (bytes: Buffer) => {
      head += bytes.toString('latin1')
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1])
      if (status === 200 && !head.includes('event: ')) return
      clearTimeout(late)
      socket.off('data', readHead)
      if (status === 200) sockets.add(socket)
      else socket.destroy()
      resolve(status)
    }
    socket.on('data', readHead)
    socket.on('data', ({ length }) => void (byteCount += length))
  })
}

answerParent(answer)
