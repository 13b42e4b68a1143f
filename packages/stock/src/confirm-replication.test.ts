import { EventEmitter } from 'node:events'
import type { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { confirmReplication } from './confirm-replication.ts'
import type { BatchOutcome } from './reserve-strategy.ts'

/*
 * On a Redis that is played: whether a read moves the offset that WAIT waits for differs from version to version, and all of them have to
 * be served.
 */

const entry = { id: '1-0', sequence: 1 }
const reserved: BatchOutcome = { kind: 'JUDGED', epoch: 1, verdicts: ['SOLD_OUT', 'RESERVED'], entry }
const replayed: BatchOutcome = { kind: 'JUDGED', epoch: 1, verdicts: ['REPLAYED', 'LIMIT_REACHED'] }
const refused: BatchOutcome = { kind: 'JUDGED', epoch: 1, verdicts: ['SOLD_OUT'] }

async function confirm(outcome: BatchOutcome, { confirmedCount = 2, breaks = false } = {}) {
  const asked: string[] = []
  let shortCount = 0
  const redis = Object.assign(new EventEmitter(), {
    incr: async () => void asked.push('incr'),
    wait: async (replicaCount: number) => {
      asked.push(`wait ${replicaCount}`)
      if (breaks) redis.emit('close')
      return confirmedCount
    },
  })
  const options = { replicaCount: 2, withinMs: 100, onShort: () => void (shortCount += 1) }
  const send = confirmReplication(async () => outcome, redis as unknown as Redis, options)
  const answer = await send(1, () => []).catch((error: Error) => error.name)
  return { answer, asked, shortCount }
}

test('a batch that accepted an order is answered once enough replicas have it', async () => {
  expect(await confirm(reserved)).toEqual({ answer: reserved, asked: ['wait 2'], shortCount: 0 })
})

test('a batch of replays writes before it waits, for its orders may have been written by another process just now', async () => {
  expect(await confirm(replayed)).toEqual({ answer: replayed, asked: ['incr', 'wait 2'], shortCount: 0 })
})

test('refusals and batches that were not judged wait for nobody', async () => {
  for (const outcome of [refused, { kind: 'NOT_LOADED' }, { kind: 'BUSY', retryAfterMs: 1 }] as const) {
    expect(await confirm(outcome)).toEqual({ answer: outcome, asked: [], shortCount: 0 })
  }
})

test('a batch that too few replicas have is unconfirmed, keeps its outbox entry, and is told', async () => {
  const { answer, shortCount } = await confirm(reserved, { confirmedCount: 1 })
  expect(answer).toEqual({ ...reserved, isUnconfirmed: true })
  expect(shortCount).toBe(1)
})

test('a confirmation on another connection than the writing is none: the batch is sent again', async () => {
  expect((await confirm(reserved, { breaks: true })).answer).toBe('ReplyLostError')
})
