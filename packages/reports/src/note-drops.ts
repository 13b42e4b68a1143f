import type { Redis } from 'ioredis'
import type { DropCounts } from './drop-counts.ts'
import { noteDrop, type DropNote } from './drop-record.ts'
import { processId, runName, untilNextReportMs } from './process-report.ts'

export interface NotingDrops {
  /** Notes what was counted since the last note. Never rejects. */
  close(): Promise<void>
}

const lastNoteWithinMs = 500

/**
 * Notes what this process counted of each item's orders in the item's drop record, at each full second. A note whose reply is missing is
 * sent again unchanged before the item's next one, so that each order counts once. The caller owns the connection.
 */
export function startNotingDrops(
  redis: Redis,
  counts: DropCounts,
  { name = processId, note: noteOnce = noteDrop } = {},
): NotingDrops {
  // Another process may have the same name later.
  const process = runName({ id: name, startedAtMs: Date.now() })
  const unsure = new Map<number, DropNote>()
  let lastNumber = 0
  let sending: Promise<unknown> = Promise.resolve()
  let isSending = false
  let timer = later()

  function later(): NodeJS.Timeout {
    return setTimeout(() => {
      timer = later()
      if (!isSending && redis.status === 'ready') sending = sendAll()
    }, untilNextReportMs(Date.now())).unref()
  }

  async function sendAll(): Promise<void> {
    isSending = true
    const again = [...unsure]
    await Promise.all(again.map(([itemId, note]) => send(itemId, note)))
    lastNumber += 1
    const number = lastNumber
    // While an item's note is unsure, the orders after it wait in `counts`.
    const taken = [...counts.take(unsure)]
    await Promise.all(taken.map(([itemId, counted]) => send(itemId, { process, number, counted })))
    isSending = false
  }

  async function send(itemId: number, note: DropNote): Promise<void> {
    unsure.set(itemId, note)
    // The connection itself logs a failure.
    await noteOnce(redis, itemId, note).then(
      () => unsure.delete(itemId),
      () => undefined,
    )
  }

  return {
    async close() {
      clearTimeout(timer)
      if (redis.status !== 'ready') return
      const sent = sending.then(sendAll)
      await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, lastNoteWithinMs).unref())])
    },
  }
}
