import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A message as a receiver got it. */
export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** The `webhook-id`. */
  readonly id: string
}

/** Answers a message: with a status, or as it likes. Nothing is answered for `undefined` without use of the response. */
export type AnswerWebhook = (received: Received, response: ServerResponse) => number | undefined

export interface WebhookReceiver {
  readonly url: string
  /** In the order in which the messages arrived, whatever was answered. */
  readonly received: Received[]
  /** From now on answers this way. */
  answer(how: AnswerWebhook | number): void
  close(): Promise<void>
}

/** A program that webhooks are sent to, on a free port of this machine. It answers 200 unless it is told otherwise. */
export async function startWebhookReceiver(how: AnswerWebhook | number = 200): Promise<WebhookReceiver> {
  const received: Received[] = []
  let current = how
  const server = createServer((request, response) => {
    void text(request).then(
      (body) => {
        const { headers, url: path = '/' } = request
        const message = { path, headers, body, id: String(headers['webhook-id']) }
        received.push(message)
        const status = typeof current === 'number' ? current : current(message, response)
        if (status !== undefined) response.writeHead(status).end('an answer')
      },
      () => undefined,
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    received,
    answer: (next) => void (current = next),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
