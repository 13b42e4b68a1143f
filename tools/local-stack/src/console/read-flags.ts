import { parseArgs } from 'node:util'
import { startupFailureText } from '@flash-sale/runtime/run-main'
import { StartupError } from '@flash-sale/runtime/startup-error'

type Options = Readonly<Record<string, { readonly type: 'string' | 'boolean' }>>

/** What was given: the text of options that take one, true of those that are switches. */
type Values<Given extends Options> = {
  readonly [Name in keyof Given]?: Given[Name] extends { readonly type: 'string' } ? string : boolean
} & { readonly help?: boolean }

export interface Flags<Given extends Options> {
  readonly values: Values<Given>
  /** The arguments that belong to no option. */
  readonly positionals: readonly string[]
}

const helpOption = { help: { type: 'boolean', short: 'h' } } as const

/**
 * Reads a command line with Node's parseArgs, which knows --help and -h besides these options.
 * Throws a StartupError of one line for an option that is not among them.
 */
export function readFlags<const Given extends Options>(args: readonly string[], options: Given): Flags<Given> {
  try {
    return parseArgs({
      args: prepared(args, options),
      options: { ...options, ...helpOption },
      allowPositionals: true,
    })
  } catch (error) {
    // The rest of what parseArgs says is advice on positional arguments.
    const text = error instanceof Error ? error.message : String(error)
    throw new StartupError(`${text.split(/\.\s|\n/)[0]!.replace(/\.$/, '')}; --help lists what there is`)
  }
}

/** Reads the command line of a command that takes no arguments: whether it asks for help. Throws as `readFlags` does. */
export function readHelpOnly(args: readonly string[]): boolean {
  const { values, positionals } = readFlags(args, {})
  refuseArguments(positionals)
  return values.help ?? false
}

/** For a script that takes no arguments: shows its help and ends the process if asked to, or refuses arguments in one line and exits 1. */
export function takeNoArguments(help: string): void {
  try {
    if (!readHelpOnly(process.argv.slice(2))) return
    process.stdout.write(help)
    process.exit(0)
  } catch (error) {
    process.stderr.write(`✘ ${startupFailureText(error)}\n`)
    process.exit(1)
  }
}

/** Throws a StartupError of one line if there is an argument that belongs to no option. */
export function refuseArguments(positionals: readonly string[]): void {
  if (positionals.length > 0)
    throw new StartupError(`Unexpected argument '${positionals[0]}'; --help lists what there is`)
}

export interface Bounds {
  readonly min: number
  readonly max: number
  /** Why the least is what it is, in parentheses after it. */
  readonly whyMin?: string
}

/** The whole number that a flag was given. Throws a StartupError of one line if it is none within the bounds. */
export function wholeNumber(flag: string, text: string, { min, max, whyMin }: Bounds): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  const least = whyMin === undefined ? min : `${min} (${whyMin})`
  throw new StartupError(`--${flag} ${text}: must be a whole number from ${least} to ${max}`)
}

/**
 * Leaves out the separator of "pnpm demo -- --once", which pnpm hands on. parseArgs takes the -5 of "--units -5" for an option;
 * joined to its flag the -5 is a number, and is judged as one.
 */
function prepared(args: readonly string[], options: Options): string[] {
  const takesText = (flag: string | undefined) => flag?.startsWith('--') && options[flag.slice(2)]?.type === 'string'
  const joined: string[] = []
  for (const arg of args) {
    const flag = joined.at(-1)
    if (arg === '--') continue
    if (/^-\d/.test(arg) && takesText(flag)) joined[joined.length - 1] = `${flag}=${arg}`
    else joined.push(arg)
  }
  return joined
}
