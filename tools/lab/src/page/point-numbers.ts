import { points, type Point } from '../strategies/points.ts'

const firstCircledDigit = 0x24_60

/** The number of a point, in a circle: the same in the code, in the timelines and in both languages. */
export function pointNumber(point: Point): string {
  return String.fromCodePoint(firstCircledDigit + Object.keys(points).indexOf(point))
}

export function isPoint(text: string): text is Point {
  return Object.hasOwn(points, text)
}
