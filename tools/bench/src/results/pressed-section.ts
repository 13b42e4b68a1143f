import type { Measured } from '../figures.ts'
import type { PressedFigure, PressedName } from '../figures/storm.ts'
import { resolutionOf } from '../judge.ts'
import { figure, faint, medianText, rangeOf, ratioCell } from './format.ts'
import type { Cell, Section } from './section.ts'

const titles: Record<PressedName, string> = {
  bare: '(a) bare Fastify',
  bareWithToken: '(a) bare Fastify, token check',
  accept: '(b) accept',
  distinct: '(o) accept, each buyer new',
  refuse: '(c) refuse, nothing left',
  replay: '(d) replay',
  typical: '(e) typical design',
  lease: '(f) accept under a lease',
}

/** (a) to (f) and (o), side by side. */
export function pressedSection({ pressed, nullPair }: Measured): Section {
  const figures = Object.entries(pressed) as [PressedName, PressedFigure][]
  const full = Math.max(...figures.map(([, { ofBareWithToken }]) => ofBareWithToken.median))
  const cpuNoise = nullPair.cpu ? `, CPU ±${figure(resolutionOf(nullPair.cpu))}` : ''
  return {
    title: 'Orders answered, against the bare server with a token check',
    note:
      'Answers a second as a ratio within each round. What answers has a core of its own where Linux can do that, and the generator ' +
      `and Redis the others. Two bare servers that are the same seemed ${figure(nullPair.rate.median)} of each ` +
      `other (half of the rounds ${rangeOf(nullPair.rate)}): closer than ±${figure(resolutionOf(nullPair.rate))}${cpuNoise} this run ` +
      'cannot tell. CPU: of what answers, for an order, as such a ratio; µs: the same in full. What is grey holds for this run on this machine only.',
    columns: [
      '',
      'of bare+token',
      'half of rounds',
      'of bare',
      'CPU',
      'API µs',
      'Redis µs',
      'Postgres µs',
      'a second',
      'p99 ms',
    ],
    rows: figures.map(([name, found]) => rowOf(titles[name], found, full)),
  }
}

function rowOf(title: string, found: PressedFigure, full: number): Cell[] {
  const { cpuMicros } = found
  return [
    title,
    ratioCell(found.ofBareWithToken, full),
    rangeOf(found.ofBareWithToken),
    medianText(found.ofBare),
    medianText(found.apiCpuOfBareWithToken),
    medianText(cpuMicros.api),
    medianText(cpuMicros.redis),
    medianText(cpuMicros.postgres),
    faint(medianText(found.perSecond)),
    faint(medianText(found.p99Ms)),
  ]
}
