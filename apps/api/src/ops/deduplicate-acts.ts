import {
  createDeduplicate,
  type DedupedRequest,
  type FirstTurn,
  type Turn,
} from '@flash-sale/lock/deduplicate/deduplicate'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Api, ApiContext } from '../api-context.ts'
import { storeFailureCode } from '../problems/store-failure.ts'
import { holdWaitMs } from './ops-answer.ts'
import { actLeaseMs } from './perform-act.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Of a POST without a key: it is the first of its kind, and others wait for its answer. */
    turn: FirstTurn | undefined
    /** Of a POST that is done: what it does may have taken effect after something else was answered. */
    overtaking: DedupedRequest | undefined
  }
}

/** A double click, or a proxy that tries again at once. An operator who means it again takes longer, or sends a key. In ms. */
export const sameActMs = 2_000

/** Then Redis counts as away, and the act is done unguarded. Longer than a busy Redis takes. In ms. */
const redisAnswerMs = 2_000

/** What is sent again. */
interface SentAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly payload: string
}

/**
 * A plugin for operators' routes: a POST without an Idempotency-Key that is sent again within `sameActMs` is not done again. It waits
 * for the first one and gets its answer, unless something else was done to the same sale, item or job since. A refusal and a 5xx are
 * not kept. While Redis is away every POST is done.
 */
export function deduplicateActs(actors: Api, { stores }: Pick<ApiContext, 'stores'>): void {
  const deduplicate = createDeduplicate(stores.redis, stores.locks, {
    windowMs: sameActMs,
    leaseMs: actLeaseMs,
    waitMs: holdWaitMs,
    answerMs: redisAnswerMs,
    // Redis' users have a right to these.
    namePrefix: 'operator-act',
  })
  actors.decorateRequest('turn')
  actors.decorateRequest('overtaking')

  actors.addHook('preHandler', async (request, reply) => {
    if (request.method !== 'POST') return undefined
    const asked = requestOf(request)
    if (request.headers['idempotency-key'] !== undefined) {
      // Its key guards it. To the others it is something else that was done.
      void deduplicate.forget(asked).catch(() => undefined)
      request.overtaking = asked
      return undefined
    }
    const turn = await beginUnlessAway(asked)
    if (turn?.kind === 'ANSWERED') return sendAgain(reply, turn.answer as SentAnswer)
    request.turn = turn
    if (turn) request.overtaking = asked
    return undefined
  })

  actors.addHook('onSend', async (request, reply, payload) => {
    const { turn, overtaking } = request
    if (!overtaking) return payload
    request.turn = undefined
    request.overtaking = undefined
    if (!turn || reply.statusCode >= 500) await forgetUnlessAway(overtaking)
    else if (reply.statusCode < 400 && typeof payload === 'string') await turn.keep(answerOf(reply, payload))
    await turn?.end()
    return payload
  })

  async function forgetUnlessAway(asked: DedupedRequest): Promise<void> {
    // Nobody waits long for a Redis that is away: its connection may be waiting for it to come back.
    if (stores.redis.status !== 'ready') return
    await answerWithin(deduplicate.forget(asked), redisAnswerMs, 'Redis').catch(() => undefined)
  }

  async function beginUnlessAway(asked: DedupedRequest): Promise<Turn | undefined> {
    try {
      return await deduplicate.begin(asked)
    } catch (error) {
      if (storeFailureCode(error) === 'UNAVAILABLE') return undefined
      throw error
    }
  }
}

function requestOf({ routeOptions, params, body }: FastifyRequest): DedupedRequest {
  const path = String(routeOptions.url)
  const place = JSON.stringify(params)
  const route = `POST ${path} ${place}`
  // What is made has no place yet. All else is done to what the last step of the path is left out of: /v1/ops/items/7.
  const isOfPlace = path.includes('/:')
  return { caller: 'ops', route, body, ...(isOfPlace && { scope: `${path.slice(0, path.lastIndexOf('/'))} ${place}` }) }
}

const keptHeaders = ['content-type', 'location'] as const

function answerOf(reply: FastifyReply, payload: string): SentAnswer {
  const headers = keptHeaders.flatMap((name) => {
    const value = reply.getHeader(name)
    return value === undefined ? [] : [[name, String(value)] as const]
  })
  return { status: reply.statusCode, headers: Object.fromEntries(headers), payload }
}

function sendAgain(reply: FastifyReply, { status, headers, payload }: SentAnswer): FastifyReply {
  return reply
    .code(status)
    .headers({ ...headers, 'idempotent-replayed': 'true' })
    .serializer(String)
    .send(payload)
}
