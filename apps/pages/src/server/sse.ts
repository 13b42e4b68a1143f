import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { backoffMs } from './backoff.ts'
import { isPassing, noAnswer, problemOfError, readProblem, retryAfterMsOf, type AnyProblem } from './problem.ts'

/** The state of a stream, for the page to show. */
export type StreamState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  /** The connection is lost. It is tried again at `retryAt` (by `performance.now()`), or as soon as the network is back. */
  | { readonly kind: 'waiting'; readonly retryAt: number; readonly problem: AnyProblem }
  /** The service refused this reader. Another try would not help. */
  | { readonly kind: 'refused'; readonly problem: AnyProblem }

export interface StreamOptions {
  readonly url: string
  /** Sent in a header, so that no address contains it. */
  readonly bearer: string | undefined
  readonly signal: AbortSignal
  readonly onEvent: (event: EventSourceMessage) => void
  /** Called for all that comes, a heartbeat too. */
  readonly onHeard?: () => void
  readonly onState?: (state: StreamState) => void
  /** A stream without a byte for this long counts as dead, in ms. It is longer than the service's heartbeat. */
  readonly silentMsMax?: number
  /** Whether to connect again after the service ended the stream. */
  readonly reconnectOnEnd?: () => boolean
  readonly fetch?: typeof fetch
}

const silentMsDefault = 45_000

interface Position {
  lastEventId: string
  retryMs: number
  /** Tries since the last byte. */
  attempt: number
}

/**
 * Follows a server-sent event stream until `signal` aborts, the service refuses, or it ends and `reconnectOnEnd` says no.
 * EventSource cannot send a header; this reads the stream with fetch. It resumes after the last event it saw
 * (Last-Event-ID), waits with jitter between tries, and never rejects.
 */
export async function followStream(options: StreamOptions): Promise<void> {
  const { signal, onState = () => {}, reconnectOnEnd = () => true } = options
  const position: Position = { lastEventId: '', retryMs: 0, attempt: 0 }
  while (!signal.aborted) {
    onState({ kind: 'connecting' })
    const problem = await readOnce(options, position)
    if (signal.aborted || (!problem && !reconnectOnEnd())) return
    if (problem && !isPassing(problem)) return onState({ kind: 'refused', problem })
    position.attempt += 1
    const lost = problem ?? noAnswer('The service ended the stream.')
    const waitMs = Math.max(backoffMs(position.attempt), spreadMs(Math.max(position.retryMs, retryAfterMsOf(lost))))
    onState({ kind: 'waiting', retryAt: performance.now() + waitMs, problem: lost })
    await waitOrOnline(waitMs, signal)
  }
}

/** Reads one connection to its end. Undefined: the service ended the stream properly. */
async function readOnce(options: StreamOptions, position: Position): Promise<AnyProblem | undefined> {
  const silence = new AbortController()
  const watch = watchSilence(options.silentMsMax ?? silentMsDefault, silence)
  try {
    const response = await (options.fetch ?? fetch)(options.url, {
      headers: headersOf(options.bearer, position.lastEventId),
      signal: AbortSignal.any([options.signal, silence.signal]),
      cache: 'no-store',
    })
    if (!response.ok) return await readProblem(response)
    if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
      return noAnswer('The answer is not a stream of events.', response.status)
    }
    options.onState?.({ kind: 'open' })
    await readEvents(response.body, options.onEvent, position, () => {
      watch.heard()
      options.onHeard?.()
    })
    return undefined
  } catch (error) {
    return problemOfError(silence.signal.aborted ? silence.signal.reason : error)
  } finally {
    watch.stop()
  }
}

async function readEvents(
  body: ReadableStream<Uint8Array>,
  onEvent: StreamOptions['onEvent'],
  position: Position,
  heard: () => void,
): Promise<void> {
  const parser = createParser({
    onEvent: (event) => {
      if (event.id !== undefined) position.lastEventId = event.id
      onEvent(event)
    },
    onRetry: (retryMs) => (position.retryMs = retryMs),
  })
  const decoder = new TextDecoder()
  const reader = body.getReader()
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    heard()
    position.attempt = 0
    parser.feed(decoder.decode(part.value, { stream: true }))
  }
}

function headersOf(bearer: string | undefined, lastEventId: string): Record<string, string> {
  return {
    accept: 'text/event-stream, application/problem+json',
    ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
    ...(lastEventId !== '' && { 'last-event-id': lastEventId }),
  }
}

function watchSilence(silentMsMax: number, controller: AbortController) {
  const abort = () => controller.abort(new Error('The service sent nothing for a while.'))
  let timer = setTimeout(abort, silentMsMax)
  const stop = () => clearTimeout(timer)
  const heard = () => {
    stop()
    timer = setTimeout(abort, silentMsMax)
  }
  return { heard, stop }
}

/** At least what the service asked for, and up to half more, so that pages that lost the service together do not come back together. */
function spreadMs(askedMs: number): number {
  return askedMs * (1 + Math.random() / 2)
}

/** Waits. The wait ends early when the network is back or `signal` aborts. */
function waitOrOnline(waitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer)
      globalThis.removeEventListener?.('online', wake)
      signal.removeEventListener('abort', wake)
      resolve()
    }
    const timer = setTimeout(wake, waitMs)
    globalThis.addEventListener?.('online', wake)
    signal.addEventListener('abort', wake)
  })
}
