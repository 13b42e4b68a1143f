import type { RealStormFigure } from '../figures/real-storm.ts'
import type { StartFigure } from '../figures/start.ts'
import type { TokenFigure } from '../figures/token.ts'
import { faint, figure, medianText, rangeOf, ratioCell } from './format.ts'
import type { Section } from './section.ts'

export function stormSection(found: RealStormFigure): Section {
  const { orderCount, ofBare, cpuMicros, cpuMicrosOfAll, cpuMicrosOfBare, outboxAgeMs, persistedShare } = found
  return {
    title: '(p) The real storm: each buyer comes once, and the worker persists meanwhile',
    note:
      `${orderCount.toLocaleString('en-US')} orders a slice, against the bare server without a token check, which gets the same requests. All ` +
      'processes share the cores. CPU is that of an order until the last one is in Postgres. When the last order was answered, ' +
      `${figure(persistedShare.median * 100)} % of all were there. Age of the oldest waiting order: p50 ${figure(outboxAgeMs.p50)} ms, ` +
      `p99 ${figure(outboxAgeMs.p99)} ms.`,
    columns: [
      '',
      'of bare',
      'half of rounds',
      'API µs',
      'worker µs',
      'Redis µs',
      'Postgres µs',
      'all µs',
      'a second',
      'p99 ms',
    ],
    rows: [
      ['bare Fastify', '1', '', medianText(cpuMicrosOfBare), '', '', '', medianText(cpuMicrosOfBare), '', ''],
      [
        'the real storm',
        ratioCell(ofBare, 1),
        rangeOf(ofBare),
        medianText(cpuMicros.api),
        medianText(cpuMicros.worker),
        medianText(cpuMicros.redis),
        medianText(cpuMicros.postgres),
        medianText(cpuMicrosOfAll),
        faint(medianText(found.perSecond)),
        faint(medianText(found.p99Ms)),
      ],
    ],
  }
}

export function tokenSection({ tokenCount, cpuMicros, ofLeast, againMicros }: TokenFigure): Section {
  return {
    title: '(q) Checking a token',
    note: `CPU of the API's check, against one HMAC and one JSON.parse alone. ${tokenCount.toLocaleString('en-US')} tokens a slice, each another.`,
    columns: ['', 'of the least', 'half of rounds', 'µs'],
    rows: [
      ['never seen', ratioCell(ofLeast, 1), rangeOf(ofLeast), medianText(cpuMicros)],
      ['comes again', '', '', medianText(againMicros)],
    ],
  }
}

export function startSection({
  connectionCount,
  firstOfTenth,
  bareFirstOfTenth,
  failures,
  ...found
}: StartFigure): Section {
  const full = Math.max(1, ...found.p99MsBySecond.map(({ median }) => median))
  const failed = Object.entries(failures).map(([why, count]) => `${why}: ${count}`)
  return {
    title: `(r) A sale's start: ${connectionCount.toLocaleString('en-US')} connections at once, and an API that was just started`,
    note:
      `p99 of the orders that came in the first second is ${figure(firstOfTenth.median)} of that in the tenth (half of the starts ` +
      `${rangeOf(firstOfTenth)}); of a bare server that was just started it is ${figure(bareFirstOfTenth.median)} ` +
      `(${rangeOf(bareFirstOfTenth)}). The first order of a connection begins with its connecting. Orders of the first second that were not ` +
      `accepted: ${failed.length > 0 ? failed.join(', ') : 'none'}.`,
    columns: ['second', 'p99 ms', 'bare p99 ms', 'accepted'],
    rows: found.p99MsBySecond.map((p99Ms, second) => [
      String(second + 1),
      { text: figure(p99Ms.median), bar: p99Ms.median / full },
      faint(medianText(found.bareP99MsBySecond[second])),
      faint(medianText(found.acceptedBySecond[second])),
    ]),
  }
}
