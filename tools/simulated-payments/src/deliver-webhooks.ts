import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Webhook } from 'standardwebhooks'

export interface Delivery {
  readonly eventId: string
  readonly body: string
  /** How long nothing is sent. In ms. */
  readonly afterMs?: number
  /** How often it is sent, at the same time each. Default: 1. */
  readonly times?: number
}

export interface Deliveries {
  /** Where webhooks go to; until it is set they wait. */
  tellTo(url: string): void
  /** Sends a webhook until it is answered with 2xx. Does not wait. */
  deliver(delivery: Delivery): void
  /** Gives up what is under way. */
  close(): Promise<void>
}

/** The first pause between two tries, and the longest. In ms. */
const pauseMs = 100
const pauseMaxMs = 5_000
const tryCountMax = 200
const answerWithinMs = 10_000

/** Sends webhooks, signed as Standard Webhooks describe, until they are answered with 2xx. */
export function createDeliveries(secret: string): Deliveries {
  const webhook = new Webhook(secret)
  const closing = new AbortController()
  // Each delivery that is under way listens to it.
  setMaxListeners(0, closing.signal)
  const underWay = new Set<Promise<unknown>>()
  let url: string | undefined

  async function send({ eventId, body }: Delivery): Promise<boolean> {
    if (url === undefined) return false
    const now = new Date()
    const headers = {
      'content-type': 'application/json',
      'webhook-id': eventId,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'webhook-signature': webhook.sign(eventId, now, body),
    }
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(answerWithinMs)])
    const answer = await fetch(url, { method: 'POST', headers, body, signal }).catch(() => undefined)
    await answer?.body?.cancel()
    return answer?.ok === true
  }

  async function sendUntilTaken(delivery: Delivery): Promise<void> {
    if (delivery.afterMs) await pause(delivery.afterMs)
    for (let tryCount = 0; tryCount < tryCountMax && !closing.signal.aborted; tryCount += 1) {
      if (await send(delivery)) return
      await pause(Math.min(pauseMs * 2 ** tryCount, pauseMaxMs))
    }
  }

  function pause(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: closing.signal }).catch(() => undefined)
  }

  return {
    tellTo: (newUrl) => void (url = newUrl),
    deliver(delivery) {
      for (let i = 0; i < (delivery.times ?? 1); i += 1) {
        const sent = sendUntilTaken(delivery)
        underWay.add(sent)
        void sent.finally(() => underWay.delete(sent))
      }
    },
    async close() {
      closing.abort()
      await Promise.all(underWay)
    },
  }
}
