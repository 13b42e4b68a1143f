import { setTimeout as sleep } from 'node:timers/promises'
import { MultiBar } from 'cli-progress'
import type { Persisted } from './count-orders.ts'
import { refusedCount, type StormTally } from './storm-tally.ts'
import { count, type Terminal } from '@flash-sale/local-stack/console/terminal'

export interface StormProgressOptions {
  readonly terminal: Terminal
  readonly tally: StormTally
  readonly buyerCount: number
  readonly unitCount: number
  /** Asks Postgres. */
  readonly readPersisted: () => Promise<Persisted>
}

const drawEveryMs = 100
const lineEveryMs = 1_000
const barWidth = 20

/** Shows the progress of the storm until `stop`: bars for a person, a line each second for a log. */
export function showStormProgress(options: StormProgressOptions): { stop: () => Promise<void> } {
  const show = options.terminal.isInteractive ? drawBars(options) : writeLines(options)
  const stopping = new AbortController()
  let persisted: Persisted = { orders: 0, units: 0, paidUnits: 0, unpaidUnits: 0 }
  const update = async () => {
    // Other parts of the demo notice when Postgres is gone.
    persisted = await options.readPersisted().catch(() => persisted)
    show.update(persisted)
  }
  const showing = (async () => {
    const everyMs = options.terminal.isInteractive ? drawEveryMs : lineEveryMs
    const isOver = () => sleep(everyMs, false, { signal: stopping.signal }).catch(() => true)
    while (!(await isOver())) await update()
    await update()
    show.end()
  })()
  return {
    stop() {
      stopping.abort()
      return showing
    },
  }
}

interface Show {
  readonly update: (persisted: Persisted) => void
  readonly end: () => void
}

function drawBars({ terminal, tally, buyerCount, unitCount }: StormProgressOptions): Show {
  const bars = new MultiBar({
    stream: process.stdout,
    barsize: barWidth,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    // The demo itself handles Ctrl-C, and stops the bars too.
    gracefulExit: false,
    // Without colour, since invisible characters would count when a line is cut to the width of the terminal.
    format: '    {what}  {bar}  {text}',
  })
  const bar = (what: string, total: number) => bars.create(total, 0, { what: what.padEnd(9), text: '' })
  const [answered, accepted, persisted, paid] = [
    bar('answered', buyerCount),
    bar('accepted', unitCount),
    bar('persisted', unitCount),
    bar('paid', unitCount),
  ]
  const restore = terminal.divert((text) => bars.log(text))
  return {
    update(stored) {
      const refused = `${count(refusedCount(tally))} refused`
      const p99 = `p99 ${tally.latency(99).toFixed(0)} ms`
      answered.update(tally.answeredBuyers, { text: `${count(tally.answeredBuyers)} buyers, ${refused}, ${p99}` })
      // Units that came back are accepted again.
      accepted.update(Math.min(tally.acceptedUnits, unitCount), {
        text: unitsOf(tally.acceptedUnits, tally.accepted.size),
      })
      persisted.update(stored.units, { text: `${unitsOf(stored.units, stored.orders)} in Postgres` })
      paid.update(stored.paidUnits, { text: `${count(stored.paidUnits)} units` })
    },
    end() {
      bars.stop()
      restore()
    },
  }
}

function unitsOf(units: number, orders: number): string {
  return `${count(units)} units, ${count(orders)} orders`
}

function writeLines({ terminal, tally, buyerCount }: StormProgressOptions): Show {
  const beganAtMs = performance.now()
  return {
    update({ orders, paidUnits }) {
      const seconds = ((performance.now() - beganAtMs) / 1_000).toFixed(1)
      const answered = `${count(tally.answeredBuyers)} of ${count(buyerCount)} buyers answered`
      const placed = `accepted ${count(tally.accepted.size)}, refused ${count(refusedCount(tally))}`
      const p99 = `p99 ${tally.latency(99).toFixed(0)} ms`
      terminal.line(
        `    ${seconds.padStart(5)} s  ${answered}: ${placed}, persisted ${count(orders)}, paid ${count(paidUnits)} units, ${p99}`,
      )
    },
    end: () => undefined,
  }
}
