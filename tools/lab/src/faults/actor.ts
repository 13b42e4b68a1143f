import { setTimeout as sleep } from 'node:timers/promises'
import type { Report } from '../seller/messages.ts'
import type { Seller } from '../seller/seller.ts'
import type { Point } from '../strategies/points.ts'
import type { Outcome } from '../strategies/strategy.ts'
import type { Recorder } from './recorder.ts'
import { StageNotSetError, type Actor, type Name, type Sale } from './stage.ts'

interface OpenSale {
  readonly at: Set<Point>
  onPoint: () => void
  readonly settle: (outcome: Outcome | undefined) => void
  isOver: boolean
}

/** How long a sale may take to reach the point where a fault waits for it. */
const reachesWithinMs = 4_000
/** A sale without an answer after this time hangs. */
const answersWithinMs = 6_000

let saleCount = 0

/** Directs one process, and records its reports. */
export function createActor(name: Name, seller: Seller, recorder: Recorder): Actor {
  const sales = new Map<number, OpenSale>()
  let isKilled = false
  let isDead = false
  let isPaused = false
  /** The line that says that the process runs again says also that its sale goes on. */
  let hasJustResumed = false

  seller.listener = (report) => {
    recorder.report(name, report)
    if (report.kind === 'point' && report.waits) reached(report)
    if (report.kind === 'answer') settle(report.saleId, report.outcome)
    if (report.kind === 'failed') recorder.fail(new Error(`${name}: ${report.why}`))
  }

  // A process that is gone answers nobody.
  void seller.exited.then(({ code, signal }) => {
    if (!isKilled)
      recorder.fail(new Error(`process ${name} of a trial ended by itself (${signal ?? `exit code ${code}`})`))
    for (const saleId of sales.keys()) settle(saleId, undefined)
  })

  function reached({ saleId, point }: Extract<Report, { kind: 'point' }>): void {
    const sale = sales.get(saleId)
    sale?.at.add(point)
    sale?.onPoint()
  }

  function settle(saleId: number, outcome: Outcome | undefined): void {
    const sale = sales.get(saleId)
    if (!sale || sale.isOver) return
    sale.isOver = true
    sale.settle(outcome)
    sale.onPoint()
  }

  function sells(...stopsAt: Point[]): Sale {
    saleCount += 1
    const saleId = saleCount
    const buyer = recorder.call(name, saleId)
    const answered = new Promise<Outcome | undefined>((resolve) => {
      sales.set(saleId, { at: new Set(), onPoint: () => undefined, settle: resolve, isOver: false })
    })
    if (seller.isAlive()) seller.tell({ kind: 'sell', saleId, buyer, stopsAt })
    else settle(saleId, undefined)
    return {
      reaches: (point) => untilAt(sales.get(saleId)!, point),
      goOn: (...next) => {
        if (!hasJustResumed && !sales.get(saleId)!.isOver) recorder.mark(name, 'goes on')
        hasJustResumed = false
        seller.tell({ kind: 'go on', saleId, stopsAt: next })
      },
      answer: within(answered, answersWithinMs),
    }
  }

  async function untilAt(sale: OpenSale, point: Point): Promise<void> {
    if (sale.at.has(point)) return
    await within(
      new Promise<void>((resolve) => {
        sale.onPoint = () => {
          if (sale.at.has(point) || sale.isOver) resolve()
        }
        if (sale.isOver) resolve()
      }),
      reachesWithinMs,
    )
    if (!sale.at.has(point)) throw new StageNotSetError(`a sale of ${name} did not stop ${point}`)
  }

  return {
    name,
    sells,
    pause: () => {
      isPaused = true
      seller.kill('SIGSTOP')
      recorder.mark(name, 'paused')
    },
    resume: () => {
      if (!isPaused) return
      isPaused = false
      hasJustResumed = true
      recorder.mark(name, 'resumed')
      seller.kill('SIGCONT')
    },
    kill: async () => {
      isKilled = true
      seller.kill('SIGKILL')
      await seller.exited
      if (isDead) return
      isDead = true
      recorder.mark(name, 'killed')
    },
    setClockAhead: async (aheadMs) => {
      await seller.does({ kind: 'clock', aheadMs })
      recorder.note({
        en: `${name}'s clock is ${aheadMs / 1_000} s ahead`,
        zh: `${name} 的时钟快了 ${aheadMs / 1_000} 秒`,
      })
    },
    cutMasters: (indexes) => seller.does({ kind: 'cut masters', indexes }),
  }
}

/** The value, or undefined if the promise did not settle in time. */
async function within<Result>(event: Promise<Result>, ms: number): Promise<Result | undefined> {
  const timer = new AbortController()
  try {
    return await Promise.race([event, sleep(ms, undefined, { signal: timer.signal })])
  } finally {
    timer.abort()
  }
}
