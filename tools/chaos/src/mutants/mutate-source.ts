import type { SourceMutant } from './source-mutants.ts'

/** The text of a file without one guard. Throws unless the guard's line stands in it exactly once. */
export function mutatedSource(text: string, { file, line, without }: SourceMutant): string {
  const pieces = text.split(line)
  if (pieces.length !== 2)
    throw new Error(`${file} has the line of a mutant ${pieces.length - 1} times: ${line} (see source-mutants.ts)`)
  return pieces.join(without)
}
