import { randomInt } from 'node:crypto'
import { readFlags, refuseArguments, wholeNumber } from '@flash-sale/local-stack/console/read-flags'
import { StartupError } from '@flash-sale/runtime/startup-error'
import { allFaults } from './faults/all-faults.ts'
import type { Point } from './faults/fault.ts'
import { seedMax, type Aimed } from './schedule.ts'

export interface StrikeCommand {
  readonly kind: 'strike'
  readonly faults: readonly Aimed[]
  readonly faultCount: number
  readonly seed: number
  /** Every fault may come: worth keeping as the latest. */
  readonly isWhole: boolean
  /** The command line that repeats this run. */
  readonly command: string
}

export type ChaosCommand = StrikeCommand | { readonly kind: 'mutants' } | { readonly kind: 'help' }

const faultCountDefault = 10
const faultCountMax = 100_000

const options = {
  faults: { type: 'string' },
  only: { type: 'string' },
  seed: { type: 'string' },
  mutants: { type: 'boolean' },
} as const

/** What `pnpm chaos` was asked to do. Throws a StartupError of one line when it makes no sense. */
export function readArguments(args: readonly string[]): ChaosCommand {
  const { values, positionals } = readFlags(args, options)
  if (values.help) return { kind: 'help' }
  refuseArguments(positionals)
  const { only } = values
  if (values.mutants) {
    const other = (['faults', 'only', 'seed'] as const).find((name) => values[name] !== undefined)
    if (other) throw new StartupError(`--mutants takes no --${other}`)
    return { kind: 'mutants' }
  }
  const faults = aimedOf(only)
  const faultCount = values.faults === undefined ? faultCountDefault : wholeNumber('faults', values.faults, bounds)
  const seed = seedOf(values.seed)
  const onlyText = only === undefined ? '' : ` --only '${only}'`
  const command = `npx pnpm chaos --seed ${seed} --faults ${faultCount}${onlyText}`
  return { kind: 'strike', faults, faultCount, seed, isWhole: only === undefined, command }
}

const bounds = { min: 1, max: faultCountMax }

function aimedOf(only: string | undefined): readonly Aimed[] {
  if (only === undefined) return allFaults.map((fault) => ({ fault, points: fault.points }))
  return only.split(',').map((text) => {
    const [name, point] = text.split('@').map((part) => part.trim())
    const fault = allFaults.find((one) => one.name === name)
    if (!fault) {
      const known = allFaults.map((one) => one.name).join(', ')
      throw new StartupError(`--only ${only}: there is no fault "${name}". There are: ${known}`)
    }
    if (point === undefined) return { fault, points: fault.points }
    if (fault.points.includes(point as Point)) return { fault, points: [point as Point] }
    throw new StartupError(`--only ${only}: ${name} does not strike "${point}". Its points: ${fault.points.join(', ')}`)
  })
}

function seedOf(text: string | undefined): number {
  if (text === undefined) return randomInt(seedMax)
  const seed = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (seed <= seedMax) return seed
  throw new StartupError(`--seed ${text}: must be a whole number from 0 to ${seedMax}`)
}

/** What `--help` prints. */
export function helpText(): string {
  const width = Math.max(...allFaults.map(({ name }) => name.length))
  const lines = allFaults.map(({ name, title, points }) => `  ${name.padEnd(width)}  ${title.en}: ${points.join(', ')}`)
  return `Sells on real stores by two APIs and two workers while faults strike at named points, and lets a checker that
knows only what buyers were told judge both stores after each.

Usage: pnpm chaos [options]

  --faults N         how many faults strike; default ${faultCountDefault}, about two minutes
  --only a,b@POINT   only these faults, or a fault at one of its points
  --seed N           repeats the schedule of an earlier run
  --mutants          takes one guard out at a time, and shows that the tests convict each
  -h, --help         show this

It starts stores of its own on free ports of 127.0.0.1, and stops them after it. A run of all faults becomes the page
tools/chaos/results/latest.html. Exits 1 if anything was lost, sold twice, stranded or over the limit.

Faults and their points:
${lines.join('\n')}
`
}
