import { readFlags, wholeNumber } from '@flash-sale/local-stack/console/read-flags'
import { StartupError } from '@flash-sale/runtime/startup-error'
import type { Load } from './plan.ts'
import { isScenarioName, scenarios, type Scenario, type ScenarioName } from './scenarios.ts'

export interface LoadCommand {
  readonly scenario: ScenarioName
  readonly load: Load
  /** Where BASE_URL may point besides this machine. */
  readonly ownsHost: boolean
}

export const ownsHostFlag = 'yes-i-own-this-host'

/** Bounds of one run, so that a typing error does not become an attack. */
const bounds = { rate: [1, 20_000], duration: [3, 6 * 3_600], units: [1, 1_000_000], p99: [1, 60_000] } as const
const buyerCountMax = 200_000

const options = {
  rate: { type: 'string' },
  duration: { type: 'string' },
  units: { type: 'string' },
  p99: { type: 'string' },
  [ownsHostFlag]: { type: 'boolean' },
} as const

/** Reads the arguments of `pnpm load`. Throws a StartupError of one line if they are wrong. */
export function readArguments(args: readonly string[]): LoadCommand | 'help' {
  const { values, positionals } = readFlags(args, options)
  if (values.help) return 'help'
  const [name, ...others] = positionals
  const known = Object.keys(scenarios).join(', ')
  if (name === undefined) throw new StartupError(`Which scenario? One of: ${known}`)
  if (!isScenarioName(name)) throw new StartupError(`There is no scenario ${name}. There are: ${known}`)
  if (others.length > 0) throw new StartupError(`One scenario at a time: ${positionals.join(', ')}`)
  return { scenario: name, load: loadOf(name, values), ownsHost: values[ownsHostFlag] ?? false }
}

type Values = Partial<Record<keyof typeof bounds, string>>

function loadOf(name: ScenarioName, values: Values): Load {
  const { defaults, units, fault, buyerCount }: Scenario = scenarios[name]
  const given = {
    ratePerS: inBounds('rate', values.rate, defaults.ratePerS),
    durationS: inBounds('duration', values.duration, defaults.durationS),
    p99Ms: inBounds('p99', values.p99, defaults.p99Ms),
  }
  if (values.units !== undefined && !units.mayChange) {
    throw new StartupError(`--units: ${name} puts as many units on sale as its buyers take`)
  }
  const load = { ...given, unitCount: inBounds('units', values.units, units.of(given)) }
  const buyers = buyerCount(load)
  if (buyers > buyerCountMax) {
    throw new StartupError(
      `${buyers} buyers are more than one run signs in (${buyerCountMax}): lower --rate or --duration`,
    )
  }
  const wrong = fault?.(load)
  if (wrong) throw new StartupError(`${name}: ${wrong}`)
  return load
}

function inBounds(flag: keyof typeof bounds, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  const [min, max] = bounds[flag]
  if (flag !== 'duration') return wholeNumber(flag, text, { min, max })
  const value = secondsOf(text)
  if (value >= min && value <= max) return value
  throw new StartupError(`--duration ${text}: must be ${min}s to ${max}s, as 30, 30s or 5m`)
}

function secondsOf(text: string): number {
  const [, count, unit] = /^(\d{1,6})(s|m|h)?$/.exec(text) ?? []
  return Number(count) * { s: 1, m: 60, h: 3_600 }[unit ?? 's']!
}

/** The text of `--help`. */
export function helpText(): string {
  const names = Object.keys(scenarios).filter(isScenarioName)
  const lines = names.map((name) => {
    const { summary, defaults } = scenarios[name]
    return `  ${name.padEnd(9)} ${summary} (${defaults.ratePerS}/s, ${defaults.durationS} s)`
  })
  return `Sends a storm of buyers, and then counts in the stores whether every unit was sold once.

Usage: pnpm load <scenario> [options]

${lines.join('\n')}

  --rate N       visits a second (at its peak)
  --duration T   how long: 30, 30s, 5m, 1h
  --units N      units of the item that everybody wants, where the scenario does not need a number of its own
  --p99 MS       fail when the slowest hundredth of the orders takes longer than this
  --${ownsHostFlag}   storm a BASE_URL that is not this machine
  -h, --help     show this

Without BASE_URL it starts Redis, Postgres, API and worker for the run and stops them after it. With BASE_URL it storms
what listens there: give OPS_KEY, and JWT_SECRET unless it makes dev tokens. The report goes to loadtest/reports.
Exit code 0 when every threshold and invariant held, 1 otherwise.
`
}
