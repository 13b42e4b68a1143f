import { isCurrency } from '@flash-sale/contract/currencies'
import { ActHeaders, CreateSaleBody, createSaleBytesMax } from '@flash-sale/contract/ops'
import { skuIdentity } from '@flash-sale/contract/printed-text'
import { SaleView } from '@flash-sale/contract/sales'
import { insertSale, readSale } from '@flash-sale/database/sales'
import { skipNumbers, type UsedNumbers } from '@flash-sale/database/used-numbers'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import type { PaymentProvider } from '@flash-sale/payments/payment-provider'
import { readRedisTime } from '@flash-sale/runtime/redis-time'
import { noteNumbers, readNumbers } from '@flash-sale/stock/used-numbers'
import { rebuildItem, type Rebuilt } from '@flash-sale/upkeep/rebuild-item'
import { tellOfStores } from '@flash-sale/upkeep/tell-of-stores'
import { tellTurnedDown } from '@flash-sale/upkeep/turned-down'
import type { FastifyBaseLogger } from 'fastify'
import type { Api, ApiContext } from '../api-context.ts'
import { withHeaders } from '../docs/answer-headers.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { viewSale } from '../sales/view-sale.ts'
import { holdWaitMs, opsAnswer } from './ops-answer.ts'
import { performAct, type ActAnswer, type Refusal } from './perform-act.ts'

const schema = {
  operationId: 'createSale',
  summary: 'Create a sale',
  description: 'The sale opens by itself at opensAt. Every API process takes orders of its items at once.',
  tags: ['ops'],
  security: [{ ops: [] }],
  headers: ActHeaders,
  body: CreateSaleBody,
  response: {
    201: withHeaders(SaleView, 'location'),
    ...problemAnswers(
      'INVALID_REQUEST',
      'UNAUTHORIZED',
      'FORBIDDEN',
      'PAYLOAD_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'PAYMENTS_OFF',
      'KEY_CONFLICT',
      'BUSY',
      'OVERLOADED',
      'UNAVAILABLE',
    ),
  },
}

const numbersWithinMs = 1_000

/** Ledgers that are made at a time, since each holds a connection of the pool for a moment. */
const rebuildCountMax = 4

/** POST /v1/ops/sales */
export function createSaleRoute(app: Api, { stores, payments }: ApiContext): void {
  const { database } = stores
  app.post('/v1/ops/sales', { schema, bodyLimit: createSaleBytesMax }, async (request, reply) => {
    const fault = faultOf(request.body)
    if (fault) return sendProblem(reply, 'INVALID_REQUEST', { detail: fault })
    if (request.body.payWithinSeconds !== undefined) {
      if (!payments) return sendProblem(reply, 'PAYMENTS_OFF')
      const refusal = refusalOfPrices(payments.provider, request.body)
      if (refusal) return sendProblem(reply, 'INVALID_REQUEST', { detail: refusal })
    }
    const { opensAt, closesAt, ...rest } = request.body
    const newSale = { ...rest, opensAt: new Date(opensAt), closesAt: new Date(closesAt) }
    return performAct<{ saleId: number }>(stores, request, reply, {
      act: async (remember) => {
        const over = await refusalOfPast(newSale.closesAt)
        if (over) return over
        const used = await readNumbersIfThere()
        if (used) await skipNumbers(database, used)
        return database.$transaction(async (statements) => {
          const { id: saleId } = await insertSale(statements, newSale)
          const units = newSale.items.reduce((sum, { total }) => sum + total, 0)
          const detail = { name: newSale.name, items: newSale.items.length, units }
          return remember(statements, { saleId }, { actor: 'ops', action: 'create', saleId, detail })
        })
      },
      answer: async ({ saleId }) => {
        try {
          return await openLedgers(saleId, request.log)
        } catch (error) {
          request.log.warn({ err: error, saleId }, 'the ledgers of a new sale are left to the sweep')
          return { problem: 'UNAVAILABLE', extras: { detail: storedDetail(saleId) } }
        }
      },
      locationOf: ({ saleId }) => `/v1/sales/${saleId}`,
    })
  })

  /** Redis may be away: then the worker has Postgres skip them, and births tell items apart that have one number all the same. */
  async function readNumbersIfThere(): Promise<UsedNumbers | undefined> {
    if (stores.redis.status !== 'ready') return undefined
    return answerWithin(readNumbers(stores.redis), numbersWithinMs, 'Redis').catch(() => undefined)
  }

  /** Part of the act, so that a repeat after the sale's end gets the first answer. */
  async function refusalOfPast(closesAt: Date): Promise<Refusal | undefined> {
    const ownMs = Date.now()
    const isThere = stores.redis.status === 'ready'
    const asked = isThere ? answerWithin(readRedisTime(stores.redis), numbersWithinMs, 'Redis') : undefined
    const nowMs = (await asked?.catch(() => undefined)) ?? ownMs
    if (closesAt.getTime() > nowMs) return undefined
    const detail = `closesAt has passed already: it is ${new Date(nowMs).toISOString()} now.`
    return { problem: 'INVALID_REQUEST', extras: { detail } }
  }

  async function openLedgers(saleId: number, log: FastifyBaseLogger): Promise<ActAnswer> {
    const sale = await readSale(database, saleId)
    if (!sale) return { problem: 'SALE_NOT_FOUND' }
    const itemIds = sale.items.map((item) => item.id)
    // The worker notes them too, but a second later. A Postgres that is restored in between would give them again.
    const noting = noteNumbers(stores.redis, { item: Math.max(...itemIds), sale: saleId })
    await answerWithin(noting, numbersWithinMs, 'Redis').catch(() => undefined)
    const kinds = await opsAnswer(makeLedgers(itemIds, log))
    if (kinds.includes('ANOTHER_REDIS')) return { problem: 'UNAVAILABLE', extras: { detail: storedDetail(saleId) } }
    return { status: 201, body: await opsAnswer(viewSale(stores, sale)) }
  }

  async function makeLedgers(itemIds: readonly number[], log: FastifyBaseLogger): Promise<Rebuilt['kind'][]> {
    const kinds: Rebuilt['kind'][] = []
    for (let i = 0; i < itemIds.length; i += rebuildCountMax) {
      const chunk = itemIds.slice(i, i + rebuildCountMax)
      const making = chunk.map(async (itemId) => {
        const rebuilt = await rebuildItem(stores, itemId, {
          waitMs: holdWaitMs,
          onlyIfUnsound: true,
          liveApis: 'UNKNOWN',
          onTurnedDown: (turnedDown) => tellTurnedDown(log, itemId, turnedDown),
        })
        tellOfStores(log, itemId, rebuilt)
        kinds.push(rebuilt.kind)
      })
      await Promise.all(making)
    }
    return kinds
  }
}

function storedDetail(saleId: number): string {
  return `Sale ${saleId} is stored, and takes orders in a moment. Read it, or send this call again with the same Idempotency-Key; without a key that would create a second sale.`
}

function refusalOfPrices(provider: PaymentProvider, { currency = '', items }: CreateSaleBody): string | undefined {
  return items.map(({ priceCents }) => provider.refusalOf(priceCents, currency)).find(Boolean)
}

/** Checks that a schema cannot express. */
function faultOf({ opensAt, closesAt, payWithinSeconds, currency, items }: CreateSaleBody): string | undefined {
  if (!(new Date(opensAt) < new Date(closesAt))) return 'closesAt must be later than opensAt.'
  if (payWithinSeconds !== undefined && currency === undefined)
    return 'A sale that asks for payment needs a currency, for example "EUR".'
  if (currency !== undefined && !isCurrency(currency))
    return `${currency} is no currency of ISO 4217; send one such as EUR, USD, CNY or JPY.`
  if (payWithinSeconds !== undefined && items.some(({ priceCents }) => priceCents === 0))
    return 'Each item of a sale that asks for payment needs a price above 0.'
  const identities = items.map(({ sku }) => skuIdentity(sku))
  const repeated = items.find((_item, i) => identities.indexOf(identities[i]!) < i)
  return (
    repeated && `The SKU ${repeated.sku} comes twice, or looks like another; give each item of a sale a SKU of its own.`
  )
}
