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
import { mergeRecords, pointsOfRecord } from './merge-records.ts'
import { createStoryReader } from './read-story.ts'

/** One story is read at a time, which leaves four fifths of the time to everything else. */
const storyBounds: WorkBounds = { underWayMax: 1, waitingMax: 16, restFactor: 4 }
const storyKeptMs = 2_000
const dropKeptMs = 900

const storySchema = {
  operationId: 'readStory',
  summary: 'Read what came of a sale',
  description: [
    'Orders, units and buyers are counted in Postgres, `proof` in both stores once the sale is over, and `asked` by the API processes,',
    'each of which tells what it counted once a second. The answer is a few seconds old at most.',
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
  const stories = createKeptAnswers(createBoundedWork(storyBounds), storyKeptMs)
  const readStory = createStoryReader(context)
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
    'Counts of the API processes, in at most 240 points of equal length, kept for a week after the last order. A Redis that lost its data has lost them too.',
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
    const merged = mergeRecords(records.filter((record) => record !== undefined))
    const opening = { at: sale.opensAt.toISOString(), kind: 'opening' } as const
    const marks = acts.map(({ at, action, itemId }) => ({
      at: at.toISOString(),
      kind: action,
      ...(itemId !== null && { itemId }),
    }))
    return {
      saleId,
      points: merged ? pointsOfRecord(merged, nowMs) : [],
      marks: nowMs >= sale.opensAt.getTime() ? [opening, ...marks] : marks,
    }
  }
}
