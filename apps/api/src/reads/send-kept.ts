import { negotiate } from '@fastify/accept-negotiator'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import { describeHeaders, withHeaders, type AnswerHeader } from '../docs/answer-headers.ts'
import type { KeptAnswer } from './kept-answers.ts'

/** Compression gains nothing for a body that fits into a packet. */
const gzipBytesMin = 1_024

const keptHeaders: AnswerHeader[] = ['cache-control', 'etag', 'vary']

/** Describes a kept answer, and the answer 304 to a client that has it already. */
export function keptAnswer<Answer extends TSchema>(answer: Answer): { 200: Answer } {
  const unchanged = {
    description: 'The answer with the given `ETag` is still current.',
    headers: describeHeaders(keptHeaders),
  }
  return { 200: withHeaders(answer, ...keptHeaders), ...({ 304: { type: 'null', ...unchanged } } as object) }
}

/** Sends a kept answer, compressed if the client accepts that, or 304 to a client that has it. Caches may serve it for a second. */
export async function sendKept(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: KeptAnswer,
): Promise<FastifyReply> {
  reply.header('etag', answer.etag).header('cache-control', 'public, max-age=1').header('vary', 'accept-encoding')
  if (isKnown(request.headers['if-none-match'], answer.etag)) return reply.code(304).send()
  reply.type('application/json; charset=utf-8')
  if (answer.body.length < gzipBytesMin || !takesGzip(request)) return reply.send(answer.body)
  return reply.header('content-encoding', 'gzip').send(await answer.gzipped())
}

/** Sends a kept answer that is for its asker alone, so that no cache on the way keeps it. */
export function sendKeptPrivately(reply: FastifyReply, answer: KeptAnswer): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(answer.body)
}

function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  const opaque = etag.slice('W/'.length)
  return ifNoneMatch?.split(',').some((tag) => ['*', opaque].includes(tag.trim().replace(/^W\//, ''))) ?? false
}

function takesGzip({ headers }: FastifyRequest): boolean {
  const accepted = headers['accept-encoding']
  return typeof accepted === 'string' && negotiate(accepted, ['gzip', 'identity']) === 'gzip'
}
