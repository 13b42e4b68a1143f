import { envSchema } from 'env-schema'
import type { Static, TObject, TSchema } from 'typebox'
import { StartupError } from './startup-error.ts'

/** One line for each variable that is wrong or missing. */
export class EnvError extends StartupError {
  override name = 'EnvError'
}

interface SchemaProblem {
  readonly keyword: string
  readonly instancePath: string
  readonly message?: string
  readonly params: { readonly missingProperty?: string; readonly allowedValues?: readonly string[] }
}

/** The additional facts in the fields of env-fields.ts. */
interface FieldNotes {
  readonly type?: string
  readonly description?: string
  readonly examples?: readonly string[]
  readonly writeOnly?: boolean
}

type Source = Readonly<Record<string, string | undefined>>

/**
 * Reads the variables that `schema` names, with numbers and booleans as such. An empty variable counts as missing.
 * Throws an EnvError that names every wrong or missing variable, and never shows the value of one that may be secret.
 */
export function readEnv<Schema extends TObject>(schema: Schema, source: Source = process.env): Static<Schema> {
  try {
    return envSchema<Static<Schema>>({
      // A copy, since env-schema writes into the given object.
      schema: { ...schema },
      data: valuesOf(schema, source),
      env: false,
      // env-schema's own coercion takes `0x10` for a number, and several texts for a boolean, so the coercion below replaces it.
      ajv: {
        customOptions: (ajv) =>
          Object.assign(ajv.addKeyword(faultKeyword), { opts: { ...ajv.opts, coerceTypes: false } }),
      },
    })
  } catch (error) {
    if (!hasProblems(error)) throw error
    const lines = new Map(error.errors.map((problem) => [nameOf(problem), describe(problem, schema, source)]))
    throw new EnvError([...lines.values()].join('\n'))
  }
}

/** Calls a field's own `faultOf` to find what is wrong with its text. */
const faultKeyword = { keyword: 'faultOf', type: 'string', validate: checkFault } as const

function checkFault(this: unknown, judge: (text: string) => string | undefined, text: string): boolean {
  const fault = judge(text)
  if (fault === undefined) return true
  Object.assign(checkFault, { errors: [{ keyword: 'faultOf', message: fault, params: {} }] })
  return false
}

function valuesOf(schema: TObject, source: Source): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(schema.properties)) {
    const text = source[name]?.trim()
    if (text) values[name] = parse(text, notesOf(field).type)
  }
  return values
}

/** Keeps text that is not of the type, so that the schema refuses it. */
function parse(text: string, type: string | undefined): unknown {
  if ((type === 'integer' || type === 'number') && /^-?\d+(?:\.\d+)?$/.test(text)) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

function describe(problem: SchemaProblem, schema: TObject, source: Source): string {
  const name = nameOf(problem)
  const { description, examples, writeOnly } = notesOf(schema.properties[name])
  const fault = faultOf(problem, writeOnly ? undefined : source[name]?.trim())
  const example = examples ? `, for example ${name}=${examples[0]}` : ''
  return `${name} ${fault}${problem.keyword === 'faultOf' ? '. It' : ': it'} is ${description ?? 'a setting'}${example}`
}

/** `value` is left out if it may be secret. */
function faultOf(problem: SchemaProblem, value: string | undefined): string {
  if (problem.keyword === 'required') return 'is missing'
  const given = value === undefined ? 'is not valid' : `is "${value}"`
  if (problem.keyword === 'pattern') return value === undefined ? given : `${given}, which is not valid`
  if (problem.keyword === 'enum') return `${given}, but must be one of ${problem.params.allowedValues?.join(', ')}`
  const message = problem.message ?? 'must be different'
  if (problem.keyword === 'faultOf') return `${given}: it ${message}`
  return value === undefined
    ? `is not valid: it ${message.replace('must NOT have fewer than', 'must have at least')}`
    : `${given}, but ${message}`
}

function nameOf(problem: SchemaProblem): string {
  return problem.params.missingProperty ?? problem.instancePath.slice(1)
}

function notesOf(field: TSchema | undefined): FieldNotes {
  return field ?? {}
}

function hasProblems(error: unknown): error is Error & { errors: SchemaProblem[] } {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors)
}
