import { readFlags, refuseArguments, wholeNumber } from '@flash-sale/local-stack/console/read-flags'

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

/** Reads the command line. Throws a StartupError of one line if it is wrong. */
export function readDemoFlags(args: readonly string[]): DemoFlags {
  const options = { once: { type: 'boolean' }, units: { type: 'string' }, buyers: { type: 'string' } } as const
  const { values, positionals } = readFlags(args, options)
  refuseArguments(positionals)
  const units = values.units ?? String(unitCountDefault)
  const unitCount = wholeNumber('units', units, { min: 1, max: unitCountMax })
  const buyers = values.buyers ?? String(Math.min(unitCount * buyersPerUnit, buyerCountMax))
  // Every other buyer wants one unit, so two buyers for each unit are sure to take the last one.
  const bounds = { min: unitCount * 2, max: buyerCountMax, whyMin: 'two for each unit' }
  const buyerCount = wholeNumber('buyers', buyers, bounds)
  return { help: values.help ?? false, once: values.once ?? false, unitCount, buyerCount }
}
