import { isUtf8 } from 'node:buffer'
import type { FastifyRequest } from 'fastify'
import type { Api } from '../api-context.ts'
import { InvalidRequestError, UnsupportedBodyError } from '../problems/handle-errors.ts'

/** Parses JSON in valid UTF-8. An empty body is allowed, since some clients send a content type with every action. */
export function parseBodies(app: Api): void {
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser(['application/json', 'text/plain'])
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined)
    const fault = faultOfLabels(request) ?? faultOfBytes(body)
    if (fault !== undefined) return done(new UnsupportedBodyError(fault))
    // A lenient decoder would replace invalid bytes, and so change the text.
    if (!isUtf8(body)) return done(new InvalidRequestError('The body is not valid UTF-8'))
    void parseJson(request, body.toString(), done)
  })
}

const compressed = 'Send the body uncompressed.'
const otherCharset = 'Send the body in UTF-8.'

function faultOfLabels({ headers }: FastifyRequest): string | undefined {
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') return compressed
  const type = headers['content-type']
  if (type === undefined || type === 'application/json') return undefined
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(type)?.[1]
  // ASCII is valid UTF-8.
  return charset === undefined || /^(?:utf-?8|us-ascii)$/i.test(charset) ? undefined : otherCharset
}

/** No JSON text in UTF-8 begins like this: gzip, Zstandard, byte order marks of UTF-16 and UTF-32, a NUL in the first character. */
function faultOfBytes(body: Buffer): string | undefined {
  const [first, second] = body
  if ((first === 0x1f && second === 0x8b) || (first === 0x28 && second === 0xb5)) return compressed
  const isMarked = (first === 0xfe && second === 0xff) || (first === 0xff && second === 0xfe)
  return isMarked || first === 0 || second === 0 ? otherCharset : undefined
}
