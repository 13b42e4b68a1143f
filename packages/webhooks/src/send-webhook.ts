import { webhookFailureText, type WebhookFailure } from '@flash-sale/contract/webhook-failures'
import { Agent, request } from 'undici'
import { createPublicLookup, type Resolve } from './public-lookup.ts'
import type { WebhookMessage } from './webhook-message.ts'
import { webhookHeaders } from './webhook-secret.ts'
import { webhookUrlFault, type AddressRule } from './webhook-url.ts'

export interface WebhookTarget {
  readonly url: string
  readonly secrets: readonly string[]
}

/**
 * What came of a sending. `REFUSED`: the receiver does not want this message. `GONE`: it wants no message any more (410). `FAILED`: anything
 * else, which may pass; the message may have arrived all the same. `STOPPED`: this process stops; nothing is known. `failure` is for people
 * and shows nothing of the answer's body.
 */
export type Sent =
  | { readonly kind: 'DELIVERED' }
  | { readonly kind: 'REFUSED' | 'GONE' | 'FAILED'; readonly failure: string }
  | { readonly kind: 'STOPPED' }

export interface WebhookSender {
  /** Sends a message once. Never rejects. */
  send(target: WebhookTarget, message: WebhookMessage, stopping?: AbortSignal): Promise<Sent>
  close(): Promise<void>
}

export interface WebhookSenderOptions extends AddressRule {
  /** From the connection to the head of the answer. Default 10 s. In ms. */
  readonly timeoutMs?: number
  readonly resolve?: Resolve
}

/** Standard Webhooks recommends 15 to 30 s; the events behind this one wait meanwhile. */
const timeoutMsDefault = 10_000
/** The body says nothing that is used. It is read so that the connection can be used again. */
const answerBytesMax = 16 * 1024
const answerBodyMs = 500

/** About the message, rather than about who may send, how often, or where to. */
const refusals = new Set([400, 405, 406, 409, 411, 413, 414, 415, 422])

export function createWebhookSender(options: WebhookSenderOptions): WebhookSender {
  const { allowPrivate, timeoutMs = timeoutMsDefault } = options
  const lookup = allowPrivate ? {} : { lookup: createPublicLookup(options.resolve) }
  // No bound of connections for each origin: endpoints of one host would wait for the slow one among them. What is sent is bounded.
  const dispatcher = new Agent({
    connect: { ...lookup, timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  })

  return {
    async send({ url, secrets }, { id, body }, stopping) {
      const fault = webhookUrlFault(url, { allowPrivate })
      if (fault !== undefined) return { kind: 'FAILED', failure: fault }
      const late = AbortSignal.timeout(timeoutMs)
      const signal = stopping ? AbortSignal.any([late, stopping]) : late
      const headers = {
        'content-type': 'application/json',
        'user-agent': 'flash-sale-webhooks',
        ...webhookHeaders(id, body, secrets),
      }
      try {
        const answer = await request(url, { method: 'POST', headers, body, dispatcher, signal })
        await dropBody(answer.body)
        return judge(answer.statusCode)
      } catch (error) {
        if (stopping?.aborted) return { kind: 'STOPPED' }
        return { kind: 'FAILED', failure: late.aborted ? noAnswer(timeoutMs) : failureText(error, timeoutMs) }
      }
    },
    close: () => dispatcher.destroy(),
  }
}

/** Reads a short body. Leaves a long or slow one, with its connection. */
async function dropBody(body: Awaited<ReturnType<typeof request>>['body']): Promise<void> {
  const timer = setTimeout(() => body.destroy(), answerBodyMs)
  await body.dump({ limit: answerBytesMax }).catch(() => undefined)
  clearTimeout(timer)
}

function judge(status: number): Sent {
  if (status >= 200 && status < 300) return { kind: 'DELIVERED' }
  const failure = webhookFailureText('ANSWERED', status)
  if (status === 410) return { kind: 'GONE', failure }
  if (status >= 300 && status < 400) return { kind: 'FAILED', failure: webhookFailureText('REDIRECTED', status) }
  return { kind: refusals.has(status) ? 'REFUSED' : 'FAILED', failure }
}

const late = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT'])

const failures: Readonly<Record<string, WebhookFailure>> = {
  FORBIDDEN_ADDRESS: 'NAME_PRIVATE',
  ENOTFOUND: 'NAME_EMPTY',
  EAI_AGAIN: 'NAME_UNKNOWN',
  ECONNREFUSED: 'NOTHING_LISTENS',
  UND_ERR_SOCKET: 'CLOSED',
  ECONNRESET: 'CLOSED',
}

function failureText(error: unknown, timeoutMs: number): string {
  const code = codeOf(error)
  if (late.has(code)) return noAnswer(timeoutMs)
  return webhookFailureText(failures[code] ?? 'UNREACHABLE', code)
}

function noAnswer(timeoutMs: number): string {
  return webhookFailureText('LATE', timeoutMs / 1_000)
}

/** Of several tries, one for each address of a name, the first one's. */
function codeOf(error: unknown): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error
  return first instanceof Error && 'code' in first && typeof first.code === 'string' ? first.code : 'unknown'
}
