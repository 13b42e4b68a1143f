import type { Point } from '../strategies/points.ts'
import type { Outcome } from '../strategies/strategy.ts'
import { seededRandom } from '@flash-sale/kit/seeded-random'
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Order, Report } from './messages.ts'
import { openShop, type OpenShop } from './open-shop.ts'
import { runLoad } from './run-load.ts'
import { watchCommands, type CommandWatcher, type Store } from './watch-commands.ts'
import { SessionLostError } from './zookeeper-session.ts'

/*
 * A selling process. It obeys the lab, reports each named point that a sale reaches, and waits there if the lab asked for it. The lab knows
 * the strategy's sales by these reports alone.
 */

interface Sale {
  readonly saleId: number
  stopsAt: readonly Point[]
  goOn: () => void
}

const requests: Record<Store, number> = { redis: 0, sql: 0, zookeeper: 0 }
const watcher: CommandWatcher = { onRequest: (store) => (requests[store] += 1), onReply: undefined }
const sales = new Map<number, Sale>()
const current = new AsyncLocalStorage<Sale>()
const trueNow = Date.now
let shop: OpenShop | undefined
let onlySale: Sale | undefined

watchCommands(watcher)
process.on('message', (order: Order) => {
  follow(order).catch((error: unknown) => report({ kind: 'failed', why: textOf(error) }))
})
process.once('disconnect', () => process.exit(0))
report({ kind: 'ready' })

async function follow(order: Order): Promise<void> {
  switch (order.kind) {
    case 'open': {
      const { settings } = order
      Math.random = seededRandom(settings.seed)
      watcher.onReply = settings.traced
        ? (store, text, tookMs) => report({ kind: 'command', store, text, tookMs, atNs: now() })
        : undefined
      shop = await openShop(settings, settings.traced ? at : passBy, watcher)
      return report({ kind: 'done' })
    }
    case 'close':
      watcher.onReply = undefined
      Date.now = trueNow
      await shop?.close()
      shop = undefined
      return report({ kind: 'done' })
    case 'sell':
      return sell(order.saleId, order.buyer, order.stopsAt)
    case 'go on': {
      const sale = sales.get(order.saleId)
      if (sale) sale.stopsAt = order.stopsAt
      return sale?.goOn()
    }
    case 'clock':
      Date.now = () => trueNow() + order.aheadMs
      return report({ kind: 'done' })
    case 'cut masters':
      for (const index of order.indexes) shop?.masters()[index]?.disconnect()
      return report({ kind: 'done' })
    case 'load':
      return report({ kind: 'loaded', load: await runLoad(sellOrGiveUp, { ...order, requests }) })
  }
}

async function sell(saleId: number, buyer: string, stopsAt: readonly Point[]): Promise<void> {
  const sale: Sale = { saleId, stopsAt, goOn: () => undefined }
  sales.set(saleId, sale)
  onlySale = sale
  report({ kind: 'asked', saleId, atNs: now() })
  const outcome = await current.run(sale, () => sellOrGiveUp(buyer))
  sales.delete(saleId)
  report({ kind: 'answer', saleId, outcome, atNs: now() })
}

/** Lets a buyer give up if the process has lost its session on a busy machine. That is no fault of the lab. */
async function sellOrGiveUp(buyer: string): Promise<Outcome> {
  try {
    return await opened().sell(buyer)
  } catch (error) {
    if (error instanceof SessionLostError) return 'gave up'
    throw error
  }
}

async function at(point: Point): Promise<void> {
  // Work in a strategy's own loop counts as the latest sale's.
  const sale = current.getStore() ?? onlySale
  if (!sale) return
  const waits = sale.stopsAt.includes(point)
  const told = waits ? new Promise<void>((resolve) => (sale.goOn = resolve)) : undefined
  report({ kind: 'point', saleId: sale.saleId, point, waits, atNs: now() })
  await told
}

async function passBy(): Promise<void> {
  // Under load no sale waits at a point.
}

function opened(): OpenShop {
  if (!shop) throw new Error('no shop is open in this process')
  return shop
}

function report(said: Report): void {
  process.send?.(said)
}

function now(): string {
  return String(process.hrtime.bigint())
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
