import { measureDashboards, type DashboardsFigure } from './figures/dashboards.ts'
import { measureEnd, type EndFigure } from './figures/end.ts'
import { measureFsync, type FsyncFigure } from './figures/fsync.ts'
import { lockTurnMs, measureLock, type LockFigure } from './figures/lock.ts'
import { measureLevels, type LevelsFigure } from './figures/levels.ts'
import { measurePersist, type PersistFigure } from './figures/persist.ts'
import { measureProcesses, processCaseCount, type ProcessesFigure } from './figures/processes.ts'
import { measureRealStorm, type RealStormFigure } from './figures/real-storm.ts'
import { measureSize, type SizeFigure } from './figures/size.ts'
import { measureStart, type StartFigure } from './figures/start.ts'
import { measureStorm, type ContenderName, type StormFigures } from './figures/storm.ts'
import { measureStreams, newsMs, type StreamsFigure } from './figures/streams.ts'
import { measureSustained, type SustainedFigure } from './figures/sustained.ts'
import { measureToken, type TokenFigure } from './figures/token.ts'
import type { Ground, Settings } from './ground.ts'
import { lingerMs } from './measure/compare-watched.ts'
import { onOwnCore } from './measure/own-core.ts'

/** All figures, by their letters in the documentation. */
export const figureNames = {
  a: 'bare',
  b: 'accept',
  c: 'refuse',
  d: 'replay',
  e: 'typical',
  f: 'lease',
  g: 'persist',
  h: 'sustained',
  i: 'processes',
  j: 'size',
  k: 'dashboards',
  l: 'fsync',
  m: 'lock',
  n: 'levels',
  o: 'distinct',
  p: 'storm',
  q: 'token',
  r: 'start',
  s: 'streams',
  t: 'end',
} as const

export type FigureName = (typeof figureNames)[keyof typeof figureNames]

/** The results of a run. Figures that were not requested are missing. */
export interface Measured extends StormFigures {
  readonly persist?: PersistFigure
  readonly sustained?: SustainedFigure
  readonly processes?: readonly ProcessesFigure[]
  readonly size?: readonly SizeFigure[]
  readonly dashboards?: DashboardsFigure
  readonly fsync?: FsyncFigure
  readonly lock?: LockFigure
  readonly levels?: LevelsFigure
  readonly storm?: RealStormFigure
  readonly token?: TokenFigure
  readonly start?: StartFigure
  readonly streams?: StreamsFigure
  readonly end?: EndFigure
}

/** Figures that are measured on one stack. */
export interface Step {
  readonly title: string
  /** About how long it takes. */
  readonly needsMs: number
  readonly measure: (ground: Ground) => Promise<Partial<Measured>>
}

/** The time for opening items, auditing them and connecting, beside each slice. */
const besideSliceMs = 300
const stackMs = 4_000
/** Opening ten thousand streams. */
const openPagesMs = 6_000
/** Rows that the slowest way writes in a ms, and orders that are filled and drained in a ms. Only the progress bar uses these estimates. */
const createManyRowsPerMs = 8
const filledPerMs = 50
/** Rows that are stored and ended in a ms. */
const endedPerMs = 10
/** Starting an API, signing its buyers' tokens and ten seconds of orders. */
const startMs = 28_000
/** New buyers who are signed and served in a ms. */
const newBuyersPerMs = 8

/** The steps of a run, in order. The storm is always among them, since it has the null pair and the servers for comparison. */
export function stepsFor(names: ReadonlySet<FigureName>, settings: Settings): Step[] {
  const turns = settings.rounds + settings.warmUpRounds
  const sliceMs = settings.sliceMs + besideSliceMs
  const contenders = contendersOf(names)
  const largest = Math.max(...settings.ledgerSizes)
  const steps: (Step & { readonly name?: FigureName })[] = [
    {
      title: ['bare', ...contenders].join(', '),
      needsMs: turns * (3 + contenders.length) * sliceMs,
      measure: (ground) => onOwnCore(ground, (own) => measureStorm(own, contenders)),
    },
    {
      name: 'dashboards',
      title: 'dashboards',
      needsMs: turns * 2 * sliceMs + settings.rounds * lingerMs,
      measure: async (ground) => keyed('dashboards', await onOwnCore(ground, measureDashboards)),
    },
    {
      name: 'streams',
      title: 'streams',
      needsMs: turns * 3 * sliceMs + settings.rounds * (lingerMs + 3 * newsMs + openPagesMs),
      measure: async (ground) => ({ streams: await onOwnCore(ground, measureStreams) }),
    },
    {
      name: 'fsync',
      title: 'fsync',
      needsMs: turns * 2 * sliceMs,
      measure: async (ground) => ({ fsync: await onOwnCore(ground, measureFsync) }),
    },
    {
      name: 'lock',
      title: 'lock',
      needsMs: turns * lockTurnMs(settings),
      measure: async (ground) => ({ lock: await measureLock(ground) }),
    },
    {
      name: 'levels',
      title: 'levels',
      needsMs: (turns * 2 + settings.rounds + 1) * sliceMs,
      measure: async (ground) => ({ levels: await onOwnCore(ground, measureLevels) }),
    },
    {
      name: 'storm',
      title: 'storm',
      needsMs: turns * (2 * besideSliceMs + (settings.newBuyers * 1.5) / newBuyersPerMs),
      measure: async (ground) => ({ storm: await measureRealStorm(ground) }),
    },
    {
      name: 'start',
      title: 'start',
      needsMs: settings.starts * startMs,
      measure: async (ground) => ({ start: await measureStart(ground) }),
    },
    {
      name: 'token',
      title: 'token',
      needsMs: turns * besideSliceMs,
      measure: async (ground) => ({ token: await measureToken(ground) }),
    },
    {
      name: 'processes',
      title: 'processes',
      needsMs: turns * processCaseCount * sliceMs,
      measure: async (ground) => ({ processes: await measureProcesses(ground) }),
    },
    {
      name: 'persist',
      title: 'persist',
      needsMs: turns * (sliceMs + (settings.persistedRows / createManyRowsPerMs) * 1.5),
      measure: async (ground) => ({ persist: await measurePersist(ground) }),
    },
    {
      name: 'end',
      title: 'end',
      needsMs: (turns * 2 * settings.persistedRows) / endedPerMs,
      measure: async (ground) => ({ end: await measureEnd(ground) }),
    },
    {
      name: 'sustained',
      title: 'sustained',
      needsMs: settings.sustainedMs + 6 * sliceMs,
      measure: async (ground) => ({ sustained: await measureSustained(ground) }),
    },
    {
      name: 'size',
      title: 'size',
      needsMs: (1.5 * largest) / filledPerMs + turns * settings.ledgerSizes.length * (settings.ordersOfSize / 6 + 500),
      measure: async (ground) => ({ size: await measureSize(ground) }),
    },
  ]
  return steps
    .filter(({ name }) => name === undefined || names.has(name))
    .map((step) => ({ ...step, needsMs: step.needsMs + stackMs }))
}

/** The typical design and the lease are compared with our own order path, so `accept` runs with them. */
function contendersOf(names: ReadonlySet<FigureName>): ContenderName[] {
  const all = ['accept', 'distinct', 'refuse', 'replay', 'typical', 'lease'] as const
  const needsAccept = names.has('typical') || names.has('lease')
  return all.filter((name) => names.has(name) || (name === 'accept' && needsAccept))
}

function keyed<Key extends keyof Measured>(key: Key, value: Measured[Key] | undefined): Partial<Measured> {
  return value === undefined ? {} : { [key]: value }
}
