import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { firstViewElementId, firstViewTimeMetric, type FirstView } from '@flash-sale/contract/first-view'
import type { SaleView } from '@flash-sale/contract/sales'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import { createBoundedWork, type WorkBounds } from '@flash-sale/runtime/bounded-work'
import { readRedisTime } from '@flash-sale/runtime/redis-time'
import { negotiate } from '@fastify/accept-negotiator'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiContext } from '../api-context.ts'
import { createKeptAnswers, type KeptAnswer } from '../reads/kept-answers.ts'
import { readFirstSales, type FirstSalesContext } from './read-first-sales.ts'

export interface FirstPagesContext extends FirstSalesContext, Pick<ApiContext, 'shopUrl'> {}

/** Sends the page with what it shows first. False, and nothing is sent, if that cannot be had in a moment. */
export type SendFirstPage = (request: FastifyRequest, reply: FastifyReply) => Promise<boolean>

/** The sales of one answer, and their pages by the sale that the address names; null: no sale. */
interface FirstSales {
  /** Null: too many for the page. */
  readonly sales: readonly SaleView[] | null
  readonly pages: Map<string | null, WrittenPage>
}

interface WrittenPage {
  readonly html: Buffer
  readonly compressed: Map<string, Promise<Buffer>>
}

const forms = ['br', 'gzip', 'identity']
const presses = {
  br: (html: Buffer) => promisify(brotliCompress)(html, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  gzip: (html: Buffer) => promisify(gzip)(html),
}
/** A page without its first view is better than a page that is late. In ms. */
const readWithinMs = 500

const place = new RegExp(`(<script type="application/json" id="${firstViewElementId}">)\\s*null\\s*(?=</script>)`)

/** One read at a time, however many ask, and a rest after it: it costs as much as a list of sales. */
const readBounds: WorkBounds = { underWayMax: 1, waitingMax: 1, restFactor: 4 }

/**
 * Writes the first view into the page, once for all who ask. Everybody gets the same sales: a page whose address names another sale has no
 * view, so that addresses cannot make reads. `html` is the built page; undefined if it has no place for a view.
 */
export function createFirstPages(html: string, { shopUrl, ...context }: FirstPagesContext): SendFirstPage | undefined {
  if (!place.test(html)) return undefined
  const shell = shopUrl === undefined ? html : placePicture(html, shopUrl)
  const { readRedis: redis } = context
  const answers = createKeptAnswers(createBoundedWork(readBounds))
  // While the sales stay the same, their answer is the same object, and its pages stay compressed.
  const known = new WeakMap<KeptAnswer, FirstSales>()

  async function readFirst(): Promise<FirstSales> {
    const answer = (await answers.get('first sales', () => readFirstSales(context)))!
    const first = known.get(answer) ?? { sales: JSON.parse(answer.body.toString()), pages: new Map() }
    known.set(answer, first)
    return first
  }

  function pageOf({ sales, pages }: FirstSales, wanted: string | null): WrittenPage | undefined {
    const isListed = wanted === null || sales?.some(({ saleId }) => String(saleId) === wanted)
    if (!sales || !isListed) return undefined
    const page = pages.get(wanted) ?? { html: Buffer.from(writeView(shell, { wanted, sales })), compressed: new Map() }
    pages.set(wanted, page)
    return page
  }

  return async (request, reply) => {
    const { sale } = request.query as { readonly sale?: unknown }
    if (redis.status !== 'ready' || (sale !== undefined && typeof sale !== 'string')) return false
    const asked = Promise.all([readFirst(), readRedisTime(redis)])
    const [first, nowMs] = await answerWithin(asked, readWithinMs, 'a store').catch(() => [undefined, 0] as const)
    const page = first && pageOf(first, sale ?? null)
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

function writeView(html: string, view: FirstView): string {
  // Nothing in JSON can end the element but this sign.
  const json = JSON.stringify(view).replaceAll('<', String.raw`\u003c`)
  const page = html.replace(place, (_null, element: string) => element + json)
  const named = saleInName(view)
  if (!named) return page
  const name = escaped(named.name)
  return page
    .replace(/<meta property="og:title"[^>]*>/, () => `<meta property="og:title" content="${name}" />`)
    .replace(/<h1([^>]*)>[^<]*<\/h1>/, (_before, attributes: string) => `<h1${attributes}>${name}</h1>`)
}

/** The sale that names the page. Which one of several sales the page shows, the page itself decides. */
function saleInName({ wanted, sales }: FirstView): SaleView | undefined {
  if (wanted === null) return sales.length === 1 ? sales[0] : undefined
  return sales.find(({ saleId }) => String(saleId) === wanted)
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

/** Cards of other sites need a whole address, which only the settings know. */
function placePicture(html: string, shopUrl: string): string {
  const { origin, pathname } = new URL(shopUrl)
  const picture = `${origin}${pathname.replace(/\/$/, '')}/card.png`
  return html.replaceAll('content="/card.png"', () => `content="${escaped(picture)}"`)
}
