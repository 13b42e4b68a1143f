import type { Spread } from '../measure/spread.ts'
import type { Unit } from '../targets.ts'
import type { Cell } from './section.ts'

/** A number with three digits: 0.93, 12.3, 1,234. */
export function figure(value: number): string {
  const digits = Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

const suffixes: Record<Unit, string> = { ratio: '', us: ' µs', bytes: ' bytes', ms: ' ms', orders: ' orders' }

export function quantity(value: number, unit: Unit): string {
  return `${figure(value)}${suffixes[unit]}`
}

/** A ratio with a bar of its length, where `full` fills the width. */
export function ratioCell(ratio: Spread | undefined, full: number): Cell {
  if (!ratio) return ''
  return { text: figure(ratio.median), bar: Math.min(1, ratio.median / full) }
}

/** The quartiles, between which half of the rounds lie. */
export function rangeOf({ low, high }: Spread): string {
  return `${figure(low)} to ${figure(high)}`
}

export function medianText(spread: Spread | undefined): string {
  return spread ? figure(spread.median) : ''
}

export function faint(text: string): Cell {
  return { text, isFaint: true }
}
