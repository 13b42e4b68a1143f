import { eventually } from '@flash-sale/testing/eventually'

export interface StreamEvent {
  readonly name: string
  readonly id: string | undefined
  readonly data: unknown
  /** When the event came, by `performance.now()`. */
  readonly heardAtMs: number
}

/** A stream of server-sent events, read without delay. */
export interface OpenStream {
  readonly response: Response
  /** The events so far, the oldest first. */
  readonly events: readonly StreamEvent[]
  /** Resolves when the stream has ended; true if the server ended it properly. */
  readonly ended: Promise<boolean>
  /** The first event that matches, among those so far or within 20 s. */
  readonly heard: (isIt: (event: StreamEvent) => boolean) => Promise<StreamEvent>
  readonly leave: () => void
}

export interface OpenStreamOptions {
  readonly bearer?: string
  readonly lastEventId?: string
}

/** Opens a stream of a real server, and reads it until it ends or is closed. */
export async function openStream(url: string, { bearer, lastEventId }: OpenStreamOptions = {}): Promise<OpenStream> {
  const leaving = new AbortController()
  const headers = {
    accept: 'text/event-stream',
    ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
    ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
  }
  const response = await fetch(url, { headers, signal: leaving.signal })
  const events: StreamEvent[] = []
  const ended = readAll(response, events).then(
    () => true,
    () => false,
  )
  const heard = async (isIt: (event: StreamEvent) => boolean) =>
    (await eventually(() => events.find(isIt) ?? null, { what: 'an event' }))!
  return { response, events, ended, heard, leave: () => leaving.abort() }
}

async function readAll({ body }: Response, events: StreamEvent[]): Promise<void> {
  if (!body) return
  const decoder = new TextDecoder()
  let text = ''
  for await (const bytes of body) {
    text += decoder.decode(bytes, { stream: true })
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const event = parseEvent(block)
      if (event) events.push(event)
    }
  }
}

function parseEvent(block: string): StreamEvent | undefined {
  const field = (name: string) =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2)
  const name = field('event')
  if (name === undefined) return undefined
  return { name, id: field('id'), data: JSON.parse(field('data') ?? 'null'), heardAtMs: performance.now() }
}
