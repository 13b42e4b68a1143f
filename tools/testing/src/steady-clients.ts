import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

export interface SteadyClientsOptions {
  /** The request that each client sends again and again. */
  readonly url: string
  readonly method: 'GET' | 'POST'
  /** What differs from one request to the next: an idempotency key, say. */
  readonly headers: () => Record<string, string>
  readonly body?: string
  readonly count: number
  /** Whether a client keeps its connection until it is told `Connection: close`, or opens one for each request. */
  readonly keepAlive: boolean
  /** Asked before each request that needs a new connection. Default: always. */
  readonly mayConnect?: () => boolean
}

export interface SteadyClients {
  /** Answers, by their status. */
  readonly answered: ReadonlyMap<number, number>
  /** Requests that could not be sent, since nobody took the connection: nothing is lost with them. */
  readonly refusedCount: number
  /** Requests that were sent and got no answer, by the reason. */
  readonly lost: ReadonlyMap<string, number>
  /** Resolves when every request under way has ended. */
  readonly stop: () => Promise<void>
}

const pauseMs = 5

/** Clients that keep sending until they are stopped, each its next request when the one before is answered. */
export function startSteadyClients(options: SteadyClientsOptions): SteadyClients {
  const { count, keepAlive, mayConnect = () => true } = options
  const answered = new Map<number, number>()
  const lost = new Map<string, number>()
  let refusedCount = 0
  const stopping = new AbortController()

  async function beClient(): Promise<void> {
    const agent = new Agent({ keepAlive, maxSockets: 1 })
    let isConnected = false
    while (!stopping.signal.aborted) {
      if (isConnected || mayConnect()) {
        const outcome = await sendOnce(options, agent)
        isConnected = 'staysConnected' in outcome && outcome.staysConnected
        if ('status' in outcome) add(answered, outcome.status)
        else if (outcome.code === 'ECONNREFUSED') refusedCount += 1
        else add(lost, outcome.code)
      }
      await sleep(pauseMs)
    }
    agent.destroy()
  }

  const clients = Promise.all(Array.from({ length: count }, beClient))
  return {
    answered,
    lost,
    get refusedCount() {
      return refusedCount
    },
    async stop() {
      stopping.abort()
      await clients
    },
  }
}

type Sent = { readonly status: number; readonly staysConnected: boolean } | { readonly code: string }

function sendOnce({ url, method, headers, body }: SteadyClientsOptions, agent: Agent): Promise<Sent> {
  return new Promise((resolve) => {
    const sent = request(url, { method, agent, headers: headers() }, (response) => {
      response.once('error', (error: NodeJS.ErrnoException) => resolve({ code: error.code ?? error.message }))
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, staysConnected: response.headers.connection === 'keep-alive' }),
      )
      response.resume()
    })
    sent.once('error', (error: NodeJS.ErrnoException) => resolve({ code: error.code ?? error.message }))
    sent.end(body)
  })
}

function add<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
