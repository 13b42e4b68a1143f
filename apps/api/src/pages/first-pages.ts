import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { firstViewElementId, firstViewTimeMetric, type FirstView } from '@flash-sale/contract/first-view'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import { readRedisTime } from '@flash-sale/runtime/redis-time'
import { negotiate } from '@fastify/accept-negotiator'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import type { ApiContext } from '../api-context.ts'
import { readFirstView } from './read-first-view.ts'

/** Sends the page with what it shows first. False, and nothing is sent, if that cannot be had in a moment. */
export type SendFirstPage = (request: FastifyRequest, reply: FastifyReply) => Promise<boolean>

interface WrittenPage {
  readonly html: Buffer
  readonly compressed: Map<string, Promise<Buffer>>
}

const forms = ['br', 'gzip', 'identity']
const presses = {
  br: (html: Buffer) => promisify(brotliCompress)(html, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  gzip: (html: Buffer) => promisify(gzip)(html),
}
/** As old as any answer about a sale may be. In ms. */
const keptMs = 333
const keptCountMax = 100
/** A page without its first view is better than a page that is late. In ms. */
const readWithinMs = 500

const place = new RegExp(`(<script type="application/json" id="${firstViewElementId}">)\\s*null\\s*(?=</script>)`)

/** Writes the first view into the page, once for all who ask at a time. `html` is the built page; undefined if it has no place for a view. */
export function createFirstPages(
  html: string,
  { stores, readRedis: redis, reads, payments }: Pick<ApiContext, 'stores' | 'readRedis' | 'reads' | 'payments'>,
): SendFirstPage | undefined {
  if (!place.test(html)) return undefined
  const kept = new LRUCache<string, Promise<WrittenPage | undefined>>({ max: keptCountMax, ttl: keptMs })

  function pageFor(wanted: string | null, origin: string): Promise<WrittenPage | undefined> {
    const key = `${origin} ${wanted}`
    const known = kept.get(key)
    if (known) return known
    const made = reads
      .run(() => readFirstView({ stores, readRedis: redis }, wanted))
      .then((view) => view && { html: Buffer.from(writeView(html, view, origin)), compressed: new Map() })
    kept.set(key, made)
    return made
  }

  return async (request, reply) => {
    const origin = originOf(request, payments?.shopUrl)
    const { sale } = request.query as { readonly sale?: unknown }
    if (redis.status !== 'ready' || origin === undefined || (sale !== undefined && typeof sale !== 'string'))
      return false
    const asked = Promise.all([pageFor(sale ?? null, origin), readRedisTime(redis)])
    const [page, nowMs] = await answerWithin(asked, readWithinMs, 'a store').catch(() => [undefined, 0] as const)
    if (!page) return false
    const form = negotiate(request.headers['accept-encoding'] ?? 'identity', forms) ?? 'identity'
    // Without an ETag: the page holds what is true now.
    reply
      .header('cache-control', 'no-cache')
      .header('vary', 'accept-encoding')
      .header('server-timing', `${firstViewTimeMetric};desc="${nowMs}"`)
      .type('text/html; charset=utf-8')
    if (form !== 'br' && form !== 'gzip') {
      await reply.send(page.html)
      return true
    }
    if (!page.compressed.has(form)) page.compressed.set(form, presses[form](page.html))
    await reply.header('content-encoding', form).send(await page.compressed.get(form))
    return true
  }
}

function writeView(html: string, view: FirstView, origin: string): string {
  // Nothing in JSON can end the element but this sign.
  const json = JSON.stringify(view).replaceAll('<', String.raw`\u003c`)
  const named = view.sales.find(({ saleId }) => String(saleId) === view.wanted) ?? view.sales[0]
  const title = named && `<meta property="og:title" content="${escaped(named.name)}" />`
  return html
    .replace(place, (_null, element: string) => element + json)
    .replaceAll('content="/card.png"', () => `content="${origin}/card.png"`)
    .replace(/<meta property="og:title"[^>]*>/, (before) => title ?? before)
    .replace(/<h1([^>]*)>[^<]*<\/h1>/, (before, attributes: string) =>
      named ? `<h1${attributes}>${escaped(named.name)}</h1>` : before,
    )
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

/** Cards of other sites need a whole address. Undefined if the host is none. */
function originOf({ headers }: FastifyRequest, shopUrl: string | undefined): string | undefined {
  if (shopUrl !== undefined) return new URL(shopUrl).origin
  if (!/^[\w.-]+(?::\d+)?$/.test(headers.host ?? '')) return undefined
  return `${headers['x-forwarded-proto'] === 'https' ? 'https' : 'http'}://${headers.host}`
}
