import { readFlags, wholeNumber } from '@flash-sale/local-stack/console/read-flags'
import { StartupError } from '@flash-sale/runtime/startup-error'
import { figureNames, type FigureName } from './figures.ts'
import type { Settings } from './ground.ts'

export interface BenchCommand {
  readonly figures: ReadonlySet<FigureName>
  readonly settings: Settings
  /** A complete run with full settings, which is kept as the latest. */
  readonly isWhole: boolean
}

const thorough: Settings = {
  rounds: 7,
  warmUpRounds: 8,
  sliceMs: 2_000,
  connections: 128,
  newBuyers: 32_768,
  arrivals: 10_000,
  starts: 3,
  sustainedMs: 20_000,
  ledgerSizes: [1_000, 10_000, 100_000, 1_000_000],
  ordersOfSize: 16_384,
  persistedRows: 32_768,
}

/** Settings that show that everything works, and the order of magnitude. */
const quick: Settings = {
  ...thorough,
  rounds: 3,
  warmUpRounds: 1,
  sliceMs: 300,
  newBuyers: 4_096,
  arrivals: 1_000,
  starts: 1,
  sustainedMs: 3_000,
  ledgerSizes: [1_000, 10_000, 100_000],
  ordersOfSize: 4_096,
  persistedRows: 8_192,
}

const options = {
  only: { type: 'string' },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  connections: { type: 'string' },
  quick: { type: 'boolean' },
} as const

/** Reads the arguments of `pnpm bench`. Throws a StartupError of one line if they are wrong. */
export function readArguments(args: readonly string[]): BenchCommand | 'help' {
  const { values, positionals } = readFlags(args, options)
  if (values.help) return 'help'
  if (positionals.length > 0)
    throw new StartupError(`${positionals[0]}: figures are chosen with --only ${positionals.join(',')}`)
  const defaults = values.quick ? quick : thorough
  const settings = {
    ...defaults,
    ...(values.rounds !== undefined && { rounds: wholeNumber('rounds', values.rounds, { min: 1, max: 100 }) }),
    ...(values.seconds !== undefined && { sliceMs: secondsOf(values.seconds) * 1_000 }),
    ...(values.connections !== undefined && {
      connections: wholeNumber('connections', values.connections, { min: 1, max: 1_024 }),
    }),
  }
  const isWhole = Object.keys(values).length === 0
  return { figures: figuresOf(values.only), settings, isWhole }
}

function figuresOf(only: string | undefined): ReadonlySet<FigureName> {
  const all = Object.values(figureNames)
  if (only === undefined) return new Set(all)
  return new Set(
    only.split(',').map((given) => {
      const name =
        all.find((one) => one === given) ?? Object.entries(figureNames).find(([letter]) => letter === given)?.[1]
      if (name) return name
      const known = Object.entries(figureNames).map(([letter, one]) => `${letter} ${one}`)
      throw new StartupError(`--only ${only}: there is no figure "${given}". There are: ${known.join(', ')}`)
    }),
  )
}

function secondsOf(text: string): number {
  const [min, max] = [0.2, 60]
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw new StartupError(`--seconds ${text}: must be a number from ${min} to ${max}`)
}

/** The text of `--help`. */
export function helpText(): string {
  const names = Object.entries(figureNames).map(([letter, name]) => `${letter} ${name}`)
  return `Measures what orders cost, against an empty Fastify route and other designs, in one run on this machine.

Usage: pnpm bench [options]

  --only a,b      only these: ${names.slice(0, 6).join(', ')},
                  ${names.slice(6).join(', ')}; the bare servers are always measured
  --rounds N      rounds that count (${thorough.rounds})
  --seconds S     how long each thing is pressed in a round (${thorough.sliceMs / 1_000})
  --connections N connections of the load generator (${thorough.connections})
  --quick         a look in two minutes: fewer and shorter rounds
  -h, --help      show this

It starts Redis and Postgres of its own on 127.0.0.1, and stops them after it. Leave the machine alone meanwhile.
Results go to tools/bench/results; a whole run becomes its latest.html. What the figures mean: docs/performance.md.
`
}
