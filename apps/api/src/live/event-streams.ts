import type { FastifyReply } from 'fastify'
import type { Api } from '../api-context.ts'

/**
 * One listener of server-sent events. `@fastify/sse` is not used: it makes the text of an event anew for every listener, waits for a slow
 * listener instead of leaving events out, and does not end streams when the server stops.
 */
export interface EventStream {
  /** Writes the event. Returns false and writes nothing if the listener has not yet taken the events before. */
  offer(event: Buffer): boolean
  /** Calls `act` once the listener has taken what was written so far. Never if it leaves before. */
  whenTaken(act: () => void): void
  /** Writes the event in any case. Use it for small and rare events. */
  send(event: Buffer): void
  end(): void
}

/** A place among the listeners of a process. It is taken before a stream is opened. */
export interface Place {
  /** Answers with the head of the stream. Nothing else may be sent then. The place is free again when the stream closes. */
  open(reply: FastifyReply, onClose: () => void): EventStream
  /** Gives the place back without opening a stream. */
  leave(): void
}

export interface EventStreams {
  /**
   * Undefined if all places are taken, if the server stops, or if an earlier request on the same connection has no answer yet. In that
   * case the stream could not be sent before the other answer ends, and would only fill our memory.
   */
  take(reply: FastifyReply): Place | undefined
}

/** Shorter than the time after which any proxy closes a silent connection. */
const heartbeatEveryMs = 15_000
const nothing = Buffer.alloc(0)
const heartbeat = Buffer.from(': \n\n')
/** Heartbeats are spread over many short turns, so that ten thousand of them delay no order. */
const beatEveryMs = 100
const beatsBetween = heartbeatEveryMs / beatEveryMs
/** Listeners that came together get their heartbeats in this many turns. */
const beatsForAll = 50
const retryMsDefault = 1_000
/** A listener that has not taken its events this long after the server began to stop loses them. */
const endWithinMs = 300

/** The text of an event, made once for all listeners. */
export function eventOf(name: string, data: unknown, id?: number): Buffer {
  const idLine = id === undefined ? '' : `id: ${id}\n`
  return Buffer.from(`${idLine}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
}

interface StreamState {
  isStuck: boolean
  /** The beat in which the listener last took something. */
  servedInBeat: number
}

/**
 * Places for `countMax` listeners at a time. All of them are ended when the app closes. `retryMs`: how long the client of a stream that is
 * lost waits, in ms.
 */
export function createEventStreams(app: Api, countMax: number, retryMs = () => retryMsDefault): EventStreams {
  /** Those that were served longest ago come first. */
  const open = new Map<FastifyReply['raw'], StreamState>()
  let takenCount = 0
  let closing = false
  let beatCount = 0

  const beat = setInterval(() => {
    beatCount += 1
    let leftCount = Math.ceil(open.size / beatsForAll)
    for (const [raw, state] of open) {
      if (leftCount === 0 || beatCount - state.servedInBeat < beatsBetween) return
      leftCount -= 1
      const isTaken = raw.writableLength === 0
      if (isTaken) write(raw, heartbeat)
      else if (state.isStuck) raw.destroy()
      served(raw, state, !isTaken)
    }
  }, beatEveryMs).unref()

  function served(raw: FastifyReply['raw'], state: StreamState, isStuck: boolean): void {
    state.isStuck = isStuck
    state.servedInBeat = beatCount
    if (open.delete(raw)) open.set(raw, state)
  }

  app.addHook('preClose', (done) => {
    closing = true
    clearInterval(beat)
    for (const raw of open.keys()) raw.end()
    setTimeout(() => {
      for (const raw of open.keys()) raw.destroy()
    }, endWithinMs).unref()
    done()
  })

  function openStream(reply: FastifyReply, onClose: () => void): EventStream {
    reply.hijack()
    const { raw } = reply
    const { socket } = reply.request.raw
    const state = { isStuck: false, servedInBeat: beatCount }
    open.set(raw, state)
    const closed = () => {
      if (!open.delete(raw)) return
      socket.off('close', closed)
      takenCount -= 1
      onClose()
    }
    raw.once('close', closed)
    // An answer that waits behind another on its connection gets no event when the connection closes.
    socket.once('close', closed)
    raw.on('error', () => undefined)
    // The client left while its first event was being made, before this listener existed.
    if (raw.destroyed || raw.closed || socket.destroyed) setImmediate(closed)
    raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    raw.write(`retry: ${retryMs()}\n\n`)
    if (closing) raw.end()
    return {
      offer(event) {
        if (raw.writableLength > 0 || raw.writableEnded) return false
        write(raw, event)
        // The listener has taken all earlier events.
        served(raw, state, false)
        return true
      },
      whenTaken(act) {
        // Bytes that are written wait their turn, and no bytes do so too.
        raw.socket?.write(nothing, (error) => (error ? undefined : act()))
      },
      send: (event) => void (raw.writableEnded || write(raw, event)),
      end: () => void raw.end(),
    }
  }

  return {
    take({ raw }) {
      if (closing || takenCount >= countMax || raw.socket === null) return undefined
      takenCount += 1
      return { open: openStream, leave: () => void (takenCount -= 1) }
    },
  }
}

const chunks = new WeakMap<Buffer, Buffer>()

/** The event as a chunk of HTTP/1.1, made once for all listeners. Node would make it anew for each of them, in four pieces. */
function chunkOf(event: Buffer): Buffer {
  let chunk = chunks.get(event)
  if (!chunk) {
    chunk = Buffer.concat([Buffer.from(`${event.length.toString(16)}\r\n`), event, Buffer.from('\r\n')])
    chunks.set(event, chunk)
  }
  return chunk
}

function write(raw: FastifyReply['raw'], event: Buffer): void {
  if (raw.chunkedEncoding && raw.socket) raw.socket.write(chunkOf(event))
  else raw.write(event)
}
