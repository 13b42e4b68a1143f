import { parseArgs } from 'node:util'
import { StartupError } from '@flash-sale/runtime/startup-error'

export interface DemoFlags {
  readonly help: boolean
  readonly once: boolean
  readonly unitCount: number
  readonly buyerCount: number
}

const unitCountDefault = 1_000
const unitCountMax = 100_000
const buyerCountMax = 1_000_000
const buyersPerUnit = 10

export const demoHelp = `A flash sale from start to audit: starts what is missing, sells ${unitCountDefault.toLocaleString('en-US')} units to ten times as many
simulated buyers over HTTP, and counts in the stores what came of it.

Usage: pnpm demo [options]

  --once        exit after the audit: 0 if it holds, 1 if not (also when stdout is no terminal)
  --units N     units on sale (default ${unitCountDefault})
  --buyers N    simulated buyers, at least two for each unit (default ten for each unit)
  -h, --help    show this

REDIS_URL and DATABASE_URL name stores to use; those not set are started with throw-away data.
PORT is where the API listens if it is free (default 3000). RESERVE_STRATEGY=lease shows the classic lock.
`

/** Reads the command line. Throws a StartupError of one line when it makes no sense. */
export function readDemoFlags(args: readonly string[]): DemoFlags {
  // pnpm hands the separator of "pnpm demo -- --once" on to us.
  const given = parse(withJoinedNegatives(args[0] === '--' ? args.slice(1) : args))
  const unitCount = wholeNumber('--units', given.units ?? String(unitCountDefault), 1, unitCountMax)
  const buyers = given.buyers ?? String(Math.min(unitCount * buyersPerUnit, buyerCountMax))
  // Every other buyer wants one unit, so two buyers for each unit are sure to take the last one.
  const buyerCount = wholeNumber('--buyers', buyers, unitCount * 2, buyerCountMax, ' (two for each unit)')
  return { help: given.help ?? false, once: given.once ?? false, unitCount, buyerCount }
}

/** parseArgs takes the -5 of "--units -5" for an option; joined to its flag it is a number, to be judged as one. */
function withJoinedNegatives(args: readonly string[]): string[] {
  const joined: string[] = []
  for (const arg of args) {
    const flag = joined.at(-1)
    if (/^-\d/.test(arg) && (flag === '--units' || flag === '--buyers')) joined[joined.length - 1] = `${flag}=${arg}`
    else joined.push(arg)
  }
  return joined
}

function parse(args: readonly string[]) {
  const options = {
    help: { type: 'boolean', short: 'h' },
    once: { type: 'boolean' },
    units: { type: 'string' },
    buyers: { type: 'string' },
  } as const
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    throw new StartupError(`${firstSentence(error)}; "pnpm demo --help" lists what there is`)
  }
}

/** The first sentence of what parseArgs complains about; the rest advises on positional arguments, which we do not take. */
function firstSentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return (text.split(/\.\s|\n/)[0] ?? text).replace(/\.$/, '')
}

function wholeNumber(flag: string, text: string, min: number, max: number, whyMin = ''): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw new StartupError(`${flag} ${text}: must be a whole number from ${min}${whyMin} to ${max}`)
}
