import type { Ground } from '../ground.ts'
import { oneOf, ordersOf } from '../load/buyers.ts'
import { interleave } from '../measure/interleave.ts'
import { acceptedStatus, sellSlice } from '../measure/sell-slice.ts'
import { pressSlice, requireStatus, type Slice } from '../measure/slice.ts'
import { ratioOf, spreadOf, type Spread } from '../measure/spread.ts'
import type { Part } from '../measure/watch-cpu.ts'
import { startBareServer } from './bare.ts'
import { cpuSpreads } from './storm.ts'

/** So many processes on so many items. */
export interface ProcessesFigure {
  readonly processCount: number
  /** Undefined: bare servers with the same token check, which sell nothing. They show what more processes on the same cores cost by themselves. */
  readonly itemCount?: number
  /** Orders answered, against one API process on one item; of bare servers, against one of them. */
  readonly ofOne: Spread
  /** Orders of the process that got the fewest, against an even share. */
  readonly leastShare: Spread
  readonly cpuMicros: Readonly<Partial<Record<Part, Spread>>>
}

interface Case extends Pick<ProcessesFigure, 'processCount' | 'itemCount'> {
  readonly name: string
  readonly press: () => Promise<Slice>
}

const processCounts = [1, 2, 4] as const
const itemCounts = [1, 8] as const
/** How many cases are measured in turns. */
export const processCaseCount = processCounts.length * (itemCounts.length + 1)

/** (i) More API processes, on the item that everybody wants and on many. */
export async function measureProcesses(ground: Ground): Promise<ProcessesFigure[]> {
  const { settings, say: onSlice, signal } = ground
  const cases = [...(await openApiCases(ground)), ...(await openBareCases(ground))]
  const slices: Partial<Record<string, Slice[]>> = await interleave(
    Object.fromEntries(cases.map(({ name, press }) => [name, press])),
    { ...settings, signal, onSlice },
  )
  const oneOfKind = (itemCount: number | undefined) =>
    cases.find((one) => (one.itemCount === undefined) === (itemCount === undefined))!
  return cases.map(({ processCount, itemCount, name }) => {
    const own = slices[name]!
    return {
      processCount,
      ...(itemCount !== undefined && { itemCount }),
      ofOne: ratioOf(ratesOf(own), ratesOf(slices[oneOfKind(itemCount).name]!)),
      leastShare: spreadOf(own.map((slice) => leastShareOf(slice.byServer))),
      cpuMicros: cpuSpreads(own),
    }
  })
}

async function openApiCases(ground: Ground): Promise<Case[]> {
  const apis = await startEach(() => ground.startApi())
  return processCounts.flatMap((processCount) =>
    itemCounts.map((itemCount) => ({
      processCount,
      itemCount,
      name: `${processCount} APIs on ${itemCount} items`,
      press: () => sellSlice(ground, { servers: apis.slice(0, processCount), itemCount }),
    })),
  )
}

async function openBareCases(ground: Ground): Promise<Case[]> {
  const servers = await startEach(() => startBareServer(ground, { checksTokens: true }))
  const requestsOf = ordersOf(ground.buyers, ground.settings.connections, () => ({ body: oneOf(1) }))
  return processCounts.map((processCount) => ({
    processCount,
    name: `${processCount} bare servers`,
    press: async () => {
      const slice = await pressSlice(ground, { servers: servers.slice(0, processCount), requestsOf })
      requireStatus(slice, acceptedStatus)
      return slice
    },
  }))
}

async function startEach<Server>(start: () => Promise<Server>): Promise<Server[]> {
  const servers: Server[] = []
  for (let i = 0; i < processCounts.at(-1)!; i += 1) servers.push(await start())
  return servers
}

function ratesOf(slices: readonly Slice[]): number[] {
  return slices.map((slice) => slice.perSecond)
}

function leastShareOf(counts: readonly number[]): number {
  const even = counts.reduce((sum, count) => sum + count, 0) / counts.length
  return Math.min(...counts) / even
}
