import { Problem, problemCatalogue, problemContentType, type ProblemCode } from '@flash-sale/contract/problem'
import type { Api } from '../api-context.ts'

const problemSchemaId = 'Problem'

/** Lets the API description hold the shape of a problem once. */
export function describeProblems(app: Api): void {
  app.addSchema({ $id: problemSchemaId, ...Problem })
}

/**
 * What a route's schema says of the problems it answers with. To the types it says nothing: problems are sent by sendProblem,
 * past the route's own answers.
 */
export function problemAnswers(...codes: ProblemCode[]): object {
  const titles = new Map<number, string[]>()
  for (const code of codes) {
    const { status, title } = problemCatalogue[code]
    titles.set(status, [...(titles.get(status) ?? []), `\`${code}\` ${title}`])
  }
  const schema = { $ref: `${problemSchemaId}#` }
  const content = { [problemContentType]: { schema } }
  return Object.fromEntries(
    [...titles].map(([status, lines]) => [status, { description: lines.map((line) => `${line}.`).join(' '), content }]),
  )
}
