import { CreateSaleBody } from '@flash-sale/contract/ops'
import { SaleView } from '@flash-sale/contract/sales'
import { recordAuditEvent } from '@flash-sale/database/audit-events'
import { insertSale } from '@flash-sale/database/sales'
import { rebuildItem } from '@flash-sale/upkeep/rebuild-item'
import type { Api, ApiContext } from '../api-context.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { viewSale } from '../sales/view-sale.ts'
import { holdWaitMs, opsAnswer } from './ops-answer.ts'

const schema = {
  summary: 'Create a sale',
  description: 'It opens by itself at opensAt; its items can be ordered from every API process at once.',
  tags: ['ops'],
  security: [{ ops: [] }],
  body: CreateSaleBody,
  response: {
    201: SaleView,
    ...problemAnswers(
      'INVALID_REQUEST',
      'UNAUTHORIZED',
      'FORBIDDEN',
      'PAYLOAD_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'OVERLOADED',
      'UNAVAILABLE',
    ),
  },
}

/** Ledgers made at a time: each holds a connection of the pool for a moment. */
const rebuildCountMax = 4

/** POST /v1/ops/sales */
export function createSaleRoute(app: Api, { stores }: ApiContext): void {
  app.post('/v1/ops/sales', { schema }, async (request, reply) => {
    const fault = faultOf(request.body)
    if (fault) return sendProblem(reply, 'INVALID_REQUEST', { detail: fault })
    const { opensAt, closesAt, ...rest } = request.body
    const sale = await insertSale(stores.database, {
      ...rest,
      opensAt: new Date(opensAt),
      closesAt: new Date(closesAt),
    })
    try {
      await recordAuditEvent(stores.database, { actor: 'ops', action: 'create', saleId: sale.id })
      await opsAnswer(makeLedgers(sale.items.map((item) => item.id)))
    } catch (error) {
      request.log.warn({ err: error, saleId: sale.id }, 'the ledgers of a new sale are left to the sweep')
      const detail = `Sale ${sale.id} is stored, and can be ordered from in a moment. Do not create it again: read it.`
      return sendProblem(reply, 'UNAVAILABLE', { detail })
    }
    return reply.code(201).send(await opsAnswer(viewSale(stores, sale)))
  })

  async function makeLedgers(itemIds: readonly number[]): Promise<void> {
    for (let i = 0; i < itemIds.length; i += rebuildCountMax) {
      const chunk = itemIds.slice(i, i + rebuildCountMax)
      await Promise.all(chunk.map((itemId) => rebuildItem(stores, itemId, { waitMs: holdWaitMs, onlyIfUnsound: true })))
    }
  }
}

/** What a schema cannot say. */
function faultOf({ opensAt, closesAt, items }: CreateSaleBody): string | undefined {
  if (!(new Date(opensAt) < new Date(closesAt))) return 'closesAt must be later than opensAt.'
  const repeated = items.find(({ sku }, i) => items.findIndex((other) => other.sku === sku) !== i)
  return repeated && `The SKU ${repeated.sku} comes twice; an item of a sale has a SKU of its own.`
}
