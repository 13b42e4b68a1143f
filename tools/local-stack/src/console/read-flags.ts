import { parseArgs } from 'node:util'
import { startupFailureText } from '@flash-sale/runtime/run-main'
import { StartupError } from '@flash-sale/runtime/startup-error'

type Options = Readonly<Record<string, { readonly type: 'string' | 'boolean' }>>

/** The given options: the text of an option with a value, true for a switch. */
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
 * Reads a command line with Node's parseArgs. --help and -h are always allowed.
 * Throws a StartupError of one line for an unknown option.
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

/** Reads the command line of a command without arguments. Returns whether it asks for help. Throws as `readFlags` does. */
export function readHelpOnly(args: readonly string[]): boolean {
  const { values, positionals } = readFlags(args, {})
  refuseArguments(positionals)
  return values.help ?? false
}

/** For a script without arguments. With --help it prints the help and ends the process; with any argument it prints one line and exits with 1. */
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
  /** The reason for the least value, printed in parentheses after it. */
  readonly whyMin?: string
}

/** The whole number of a flag. Throws a StartupError of one line if the text is not a whole number within the bounds. */
export function wholeNumber(flag: string, text: string, { min, max, whyMin }: Bounds): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  const least = whyMin === undefined ? min : `${min} (${whyMin})`
  throw new StartupError(`--${flag} ${text}: must be a whole number from ${least} to ${max}`)
}

/**
 * Leaves out the separator of "pnpm demo -- --once", which pnpm passes on. parseArgs takes the -5 of "--units -5" for an option, so this
 * joins it to its flag, and it is judged as a number.
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
