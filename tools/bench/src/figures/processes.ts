import type { Ground } from '../ground.ts'
import { interleave } from '../measure/interleave.ts'
import { sellSlice } from '../measure/sell-slice.ts'
import type { Slice } from '../measure/slice.ts'
import { ratioOf, spreadOf, type Spread } from '../measure/spread.ts'
import type { Part } from '../measure/watch-cpu.ts'
import type { Api } from '../stack.ts'
import { cpuSpreads } from './storm.ts'

/** So many API processes on so many items. */
export interface ProcessesFigure {
  readonly processCount: number
  readonly itemCount: number
  /** Accepted orders against one process on one item. */
  readonly ofOne: Spread
  /** Orders of the process that got the fewest, against an even share. */
  readonly leastShare: Spread
  readonly cpuMicros: Readonly<Partial<Record<Part, Spread>>>
}

const processCounts = [1, 2, 4] as const
const itemCounts = [1, 8] as const

/** (i) More API processes, on the item that everybody wants and on many. */
export async function measureProcesses(ground: Ground): Promise<ProcessesFigure[]> {
  const { settings, say: onSlice, signal } = ground
  const apis: Api[] = []
  for (let i = 0; i < processCounts.at(-1)!; i += 1) apis.push(await ground.startApi())
  const cases = processCounts.flatMap((processCount) =>
    itemCounts.map((itemCount) => ({ processCount, itemCount, name: `${processCount} APIs on ${itemCount} items` })),
  )
  const slices: Partial<Record<string, Slice[]>> = await interleave(
    Object.fromEntries(
      cases.map(({ processCount, itemCount, name }) => [
        name,
        () => sellSlice(ground, { servers: apis.slice(0, processCount), itemCount }),
      ]),
    ),
    { ...settings, signal, onSlice },
  )
  const ones = ratesOf(slices[cases[0]!.name]!)
  return cases.map(({ processCount, itemCount, name }) => {
    const own = slices[name]!
    return {
      processCount,
      itemCount,
      ofOne: ratioOf(ratesOf(own), ones),
      leastShare: spreadOf(own.map((slice) => leastShareOf(slice.byServer))),
      cpuMicros: cpuSpreads(own),
    }
  })
}

function ratesOf(slices: readonly Slice[]): number[] {
  return slices.map((slice) => slice.perSecond)
}

function leastShareOf(counts: readonly number[]): number {
  const even = counts.reduce((sum, count) => sum + count, 0) / counts.length
  return Math.min(...counts) / even
}
