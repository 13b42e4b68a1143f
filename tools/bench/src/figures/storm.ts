import type { Ground } from '../ground.ts'
import { interleave } from '../measure/interleave.ts'
import type { Slice } from '../measure/slice.ts'
import { ratioOf, spreadOf, type Spread } from '../measure/spread.ts'
import { parts, type Part } from '../measure/watch-cpu.ts'
import { accept } from './accept.ts'
import { bare, bareWithToken } from './bare.ts'
import type { Contender } from './contender.ts'
import { distinct } from './distinct.ts'
import { lease } from './lease.ts'
import { refuse } from './refuse.ts'
import { replay } from './replay.ts'
import { typical } from './typical.ts'

/** Figures that are slices of the same storm, pressed in turns. */
const contenders = { accept, distinct, refuse, replay, typical, lease } as const satisfies Record<string, Contender>

export type ContenderName = keyof typeof contenders
export type PressedName = ContenderName | 'bare' | 'bareWithToken'

/** One thing that was pressed. Rates are ratios within a round. */
export interface PressedFigure {
  readonly ofBareWithToken: Spread
  readonly ofBare: Spread
  /** Missing where the order path was not pressed. */
  readonly ofAccept?: Spread
  /** CPU of what answers HTTP, against the bare server with a token check. */
  readonly apiCpuOfBareWithToken?: Spread
  /** CPU microseconds an order. */
  readonly cpuMicros: Readonly<Partial<Record<Part, Spread>>>
  /** Of this machine, in this run. */
  readonly perSecond: Spread
  readonly p50Ms: Spread
  readonly p99Ms: Spread
}

/** Two identical servers, whose difference shows the resolution of this run. */
interface NullPair {
  readonly rate: Spread
  readonly cpu?: Spread
}

export interface StormFigures {
  readonly nullPair: NullPair
  readonly pressed: Readonly<Partial<Record<PressedName, PressedFigure>>>
}

const always = { bare, bareWithToken, bareWithTokenTwin: bareWithToken } as const

/** Sends orders to the bare servers and the chosen contenders, in turns. */
export async function measureStorm(ground: Ground, chosen: readonly ContenderName[]): Promise<StormFigures> {
  const { settings, say: onSlice, signal } = ground
  const opened: Record<string, () => Promise<Slice>> = {}
  for (const [name, contender] of Object.entries({ ...always, ...pick(chosen) })) {
    onSlice(`starting ${name}`)
    opened[name] = await contender.open(ground)
  }
  const slices: Partial<Record<string, Slice[]>> = await interleave(opened, { ...settings, signal, onSlice })
  const base = slices['bareWithToken']!
  const twin = slices['bareWithTokenTwin']!
  const pressed: Partial<Record<PressedName, PressedFigure>> = {}
  for (const name of ['bare', 'bareWithToken', ...chosen] as const) {
    pressed[name] = figureOf(slices[name]!, base, slices['bare']!, slices['accept'])
  }
  const cpu = apiCpuRatio(twin, base)
  return { nullPair: { rate: ratioOf(rates(twin), rates(base)), ...(cpu && { cpu }) }, pressed }
}

function pick(chosen: readonly ContenderName[]): Record<string, Contender> {
  return Object.fromEntries(chosen.map((name) => [name, contenders[name]]))
}

function figureOf(own: Slice[], base: Slice[], plain: Slice[], ours: Slice[] | undefined): PressedFigure {
  const cpu = apiCpuRatio(own, base)
  return {
    ofBareWithToken: ratioOf(rates(own), rates(base)),
    ofBare: ratioOf(rates(own), rates(plain)),
    ...(ours && { ofAccept: ratioOf(rates(own), rates(ours)) }),
    ...(cpu && { apiCpuOfBareWithToken: cpu }),
    cpuMicros: cpuSpreads(own),
    perSecond: spreadOf(rates(own)),
    p50Ms: spreadOf(own.map((slice) => slice.p50Ms)),
    p99Ms: spreadOf(own.map((slice) => slice.p99Ms)),
  }
}

function rates(slices: readonly Slice[]): number[] {
  return slices.map((slice) => slice.perSecond)
}

function apiCpuRatio(own: readonly Slice[], base: readonly Slice[]): Spread | undefined {
  const [ownMicros, baseMicros] = [own, base].map((slices) => slices.flatMap((slice) => slice.cpuMicros.api ?? []))
  return ownMicros!.length === own.length && own.length > 0 ? ratioOf(ownMicros!, baseMicros!) : undefined
}

/** CPU of each part over the rounds; parts that were not seen are missing. */
export function cpuSpreads(slices: readonly Pick<Slice, 'cpuMicros'>[]): Partial<Record<Part, Spread>> {
  const spreads = parts.flatMap((part) => {
    const micros = slices.flatMap((slice) => slice.cpuMicros[part] ?? [])
    return micros.length === 0 ? [] : [[part, spreadOf(micros)] as const]
  })
  return Object.fromEntries(spreads)
}
