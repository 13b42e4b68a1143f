import type { Judged, Verdict } from '../judge.ts'
import { quantity } from './format.ts'
import type { Section, Tone } from './section.ts'

const marks: Record<Verdict, string> = { met: '✔', missed: '✘', 'could not tell': '?', 'not measured': '-' }
const tones: Partial<Record<Verdict, Tone>> = { met: 'good', missed: 'bad', 'could not tell': 'unsure' }

/** Every target and its verdict, with an explanation if there is room. */
export function judgedSection(judged: readonly Judged[], { isWide }: { readonly isWide: boolean }): Section {
  return {
    title: 'Targets',
    note: 'Could not tell: the target is nearer than two servers that are the same seem apart in this run.',
    columns: ['', 'figure', 'measured', 'target', 'verdict', ...(isWide ? ['what it means'] : [])],
    rows: judged.map(({ verdict, figure, what, value, resolution, unit, bound, meaning }) => {
      const tone = tones[verdict]
      return [
        { text: marks[verdict], ...(tone && { tone }) },
        `${figure}: ${what}`,
        value === undefined ? '' : `${quantity(value, unit)}${resolution > 0 ? ` ±${quantity(resolution, unit)}` : ''}`,
        'atLeast' in bound ? `at least ${quantity(bound.atLeast, unit)}` : `at most ${quantity(bound.atMost, unit)}`,
        { text: verdict, ...(tone && { tone }) },
        ...(isWide ? [{ text: meaning, isFaint: true }] : []),
      ]
    }),
  }
}
