import type { Happening } from './happening.ts'

type Command = Extract<Happening, { kind: 'command' }>

/** A process that polls repeats at most so many lines: Redlock asks five masters, and then releases. */
const repeatedLinesMax = 4

/**
 * Shortens a process that asks the same again and again. Only neighbours become one line: commands that were on their way at the same
 * time, and lines that come several times in a row with nothing drawn in between. So the order of the events stays.
 */
export function withoutRepeats(happenings: readonly Happening[]): Happening[] {
  const shown = runsOf(happenings).flatMap((run) => shortened(joinedInFlight(run)))
  return shown.toSorted((a, b) => a.atMs - b.atMs)
}

/** Neighbouring commands of one process, and everything else alone. A point that is only passed is not drawn. */
function runsOf(happenings: readonly Happening[]): Happening[][] {
  const runs: Happening[][] = []
  const passed: Happening[] = []
  for (const happening of happenings) {
    if (happening.kind === 'point' && !happening.waits) {
      passed.push(happening)
      continue
    }
    const run = runs.at(-1)
    const before = run?.[0]
    const isNext = happening.kind === 'command' && before?.kind === 'command' && before.process === happening.process
    if (isNext) run!.push(happening)
    else runs.push([happening])
  }
  return passed.length > 0 ? [...runs, passed] : runs
}

/** Equal commands become one line if each was sent before the first of them was answered. */
function joinedInFlight(run: readonly Happening[]): Happening[] {
  const lines: Happening[] = []
  let together: Command[] = []
  const close = () => {
    lines.push(...together.toSorted((a, b) => (a.text < b.text ? 1 : -1)))
    together = []
  }
  for (const happening of run) {
    if (happening.kind !== 'command') {
      lines.push(happening)
      continue
    }
    const first = together[0]
    if (first && happening.atMs - happening.tookMs > first.atMs) close()
    const same = together.findIndex(({ text }) => text === happening.text)
    if (same === -1) together.push(happening)
    else together[same] = { ...together[same]!, times: together[same]!.times + 1 }
  }
  close()
  return lines
}

/** Lines that come several times in a row, alone or a few together, appear once with their number. */
function shortened(lines: readonly Happening[]): Happening[] {
  const kept: Happening[] = []
  for (let i = 0; i < lines.length;) {
    const { length, times } = repeatAt(lines, i)
    for (const line of lines.slice(i, i + length)) kept.push(repeated(line, times))
    i += length * times
  }
  return kept
}

function repeatAt(lines: readonly Happening[], from: number): { length: number; times: number } {
  for (let length = 1; length <= repeatedLinesMax; length += 1) {
    let times = 1
    while (areEqual(lines, from, from + length * times, length)) times += 1
    if (times > 1) return { length, times }
  }
  return { length: 1, times: 1 }
}

function areEqual(lines: readonly Happening[], a: number, b: number, length: number): boolean {
  if (b + length > lines.length) return false
  return Array.from({ length }, (_, i) => i).every((i) => isSame(lines[a + i]!, lines[b + i]!))
}

function isSame(a: Happening, b: Happening): boolean {
  return a.kind === 'command' && b.kind === 'command' && a.text === b.text && a.times === b.times
}

function repeated(line: Happening, times: number): Happening {
  return line.kind === 'command' ? { ...line, times: line.times * times } : line
}
