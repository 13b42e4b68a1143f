import { randomInt } from 'node:crypto'
import { readFlags } from '@flash-sale/local-stack/console/read-flags'
import { StartupError } from '@flash-sale/runtime/startup-error'
import { field, type Row } from './field.ts'

export interface LabCommand {
  readonly rows: readonly Row[]
  readonly seed: number
  readonly asJson: boolean
  /** A run of every strategy, which is kept as the latest. */
  readonly isWhole: boolean
}

const seedMax = 2 ** 31 - 1

const options = {
  only: { type: 'string' },
  json: { type: 'boolean' },
  seed: { type: 'string' },
} as const

/** Reads the arguments of `pnpm lab`. Throws a StartupError of one line if they are wrong. */
export function readArguments(args: readonly string[]): LabCommand | 'help' {
  const { values, positionals } = readFlags(args, options)
  if (values.help) return 'help'
  if (positionals.length > 0)
    throw new StartupError(`${positionals[0]}: strategies are chosen with --only ${positionals.join(',')}`)
  return {
    rows: rowsOf(values.only),
    seed: seedOf(values.seed),
    asJson: values.json ?? false,
    isWhole: values.only === undefined,
  }
}

function rowsOf(only: string | undefined): readonly Row[] {
  if (only === undefined) return field
  const names = only.split(',').map((name) => name.trim())
  for (const name of names) {
    if (field.some((row) => row.id === name)) continue
    const known = field.map((row) => row.id).join(', ')
    throw new StartupError(`--only ${only}: there is no strategy "${name}". There are: ${known}`)
  }
  return field.filter((row) => names.includes(row.id))
}

function seedOf(text: string | undefined): number {
  if (text === undefined) return randomInt(seedMax)
  const seed = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (seed <= seedMax) return seed
  throw new StartupError(`--seed ${text}: must be a whole number from 0 to ${seedMax}`)
}

/** The text of `--help`. */
export function helpText(): string {
  const width = Math.max(...field.map(({ id }) => id.length))
  const names = field.map(({ id, title }) => `  ${id.padEnd(width)}  ${title}`)
  return `Sells the same stock with every lock that people write, strikes each one with the fault that it is known to fall for,
and lets a checker judge what came of it. The real stores, real processes, real SIGSTOP and SIGKILL.

Usage: pnpm lab [options]

  --only a,b    only these strategies
  --seed N      repeats the order of the trials and the waiting times of an earlier run
  --json        prints the results as JSON on stdout, and everything else on stderr
  -h, --help    show this

It starts Redis, Postgres and ZooKeeper of its own on free ports of 127.0.0.1, and stops them after it. A whole run becomes the
page tools/lab/results/latest.html. Exits 1 if any verdict differs from the expected one.

Strategies:
${names.join('\n')}
`
}
