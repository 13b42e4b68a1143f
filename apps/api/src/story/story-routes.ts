import { SaleDrop, SaleStory } from '@flash-sale/contract/sale-story'
import { SaleParams } from '@flash-sale/contract/sales'
import { readSaleActs } from '@flash-sale/database/sale-story'
import { readSale } from '@flash-sale/database/sales'
import { readDropRecords } from '@flash-sale/reports/drop-record'
import { createBoundedWork, type WorkBounds } from '@flash-sale/runtime/bounded-work'
import { readRedisTime } from '@flash-sale/runtime/redis-time'
import type { Api, ApiContext } from '../api-context.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { createKeptAnswers } from '../reads/kept-answers.ts'
import { keptAnswer, sendKept, sendKeptPrivately } from '../reads/send-kept.ts'
import { pointsOfRecords } from './merge-records.ts'
import { createStoryReader } from './read-story.ts'

/** The rows of one sale are counted at a time, which leaves four fifths of the time to everything else. */
const countingBounds: WorkBounds = { underWayMax: 1, waitingMax: 16, restFactor: 4, restMsMax: 60_000 }
const storyKeptMs = 2_000
const dropKeptMs = 900

const storySchema = {
  operationId: 'readStory',
  summary: 'Read what came of a sale',
  description: [
    'Orders, units and buyers are counted in Postgres, `proof` in both stores once the sale is over and every order saved, and `asked` by',
    'the API processes, each of which tells what it counted once a second. Until then the counts of Postgres may be ten seconds old or more.',
  ].join('\n'),
  tags: ['sales'],
  params: SaleParams,
  response: {
    ...keptAnswer(SaleStory),
    ...problemAnswers('INVALID_REQUEST', 'SALE_NOT_FOUND', 'OVERLOADED', 'UNAVAILABLE'),
  },
}

/** GET /v1/sales/:saleId/story */
export function readStoryRoute(app: Api, context: ApiContext): void {
  // A story whose rows were counted lately waits for no count of another sale.
  const stories = createKeptAnswers(context.reads, storyKeptMs)
  const readStory = createStoryReader(context, createBoundedWork(countingBounds))
  app.get('/v1/sales/:saleId/story', { schema: storySchema }, async (request, reply) => {
    const saleId = Number(request.params.saleId)
    const answer = await stories.get(`story ${saleId}`, () => readStory(saleId))
    return answer ? sendKept(request, reply, answer) : sendProblem(reply, 'SALE_NOT_FOUND')
  })
}

const dropSchema = {
  operationId: 'readDrop',
  summary: 'Read the orders of a sale since its opening',
  description:
    'Counts of the API processes, in at most 240 points of equal length, kept for a week after it last sold. A Redis that lost its data has lost them too.',
  tags: ['ops'],
  security: [{ ops: [] }],
  params: SaleParams,
  response: {
    200: SaleDrop,
    ...problemAnswers('INVALID_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'SALE_NOT_FOUND', 'OVERLOADED', 'UNAVAILABLE'),
  },
}

/** GET /v1/ops/sales/:saleId/drop */
export function readDropRoute(app: Api, { stores: { database }, readRedis: redis, reads }: ApiContext): void {
  const drops = createKeptAnswers(reads, dropKeptMs)
  app.get('/v1/ops/sales/:saleId/drop', { schema: dropSchema }, async (request, reply) => {
    const saleId = Number(request.params.saleId)
    const answer = await drops.get(`drop ${saleId}`, () => readDrop(saleId))
    return answer ? sendKeptPrivately(reply, answer) : sendProblem(reply, 'SALE_NOT_FOUND')
  })

  async function readDrop(saleId: number): Promise<SaleDrop | undefined> {
    const sale = await readSale(database, saleId)
    if (!sale) return undefined
    const itemIds = sale.items.map(({ id }) => id)
    const acts = await readSaleActs(database, saleId, itemIds)
    const [records, nowMs] = await Promise.all([readDropRecords(redis, itemIds), readRedisTime(redis)])
    const opening = { at: sale.opensAt.toISOString(), kind: 'opening' } as const
    const marks = acts.map(({ at, action, itemId }) => ({
      at: at.toISOString(),
      kind: action,
      ...(itemId !== null && { itemId }),
    }))
    return {
      saleId,
      points: pointsOfRecords(
        records.filter((record) => record !== undefined),
        nowMs,
      ),
      marks: nowMs >= sale.opensAt.getTime() ? [opening, ...marks] : marks,
    }
  }
}
