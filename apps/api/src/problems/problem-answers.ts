import { Problem, problemCatalogue, problemContentType, type ProblemCode } from '@flash-sale/contract/problem'
import type { Api } from '../api-context.ts'
import { describeHeaders, type AnswerHeader } from '../docs/answer-headers.ts'

const problemSchemaId = 'Problem'

/** Keeps the shape of a problem in one place of the API description. */
export function describeProblems(app: Api): void {
  app.addSchema({ $id: problemSchemaId, ...Problem })
}

/**
 * Describes the problems that a route answers with, for its schema. It adds nothing to the route's types, since sendProblem sends problems
 * outside of the typed answers.
 */
export function problemAnswers(...codes: ProblemCode[]): object {
  const answers = new Map<number, { lines: string[]; headers: Set<AnswerHeader> }>()
  for (const code of codes) {
    const entry = problemCatalogue[code]
    const answer = answers.get(entry.status) ?? { lines: [], headers: new Set() }
    answers.set(entry.status, answer)
    answer.lines.push(`\`${code}\` ${entry.title}.`)
    if ('retryAfterMs' in entry) answer.headers.add('retry-after')
    if ('challenge' in entry) answer.headers.add('www-authenticate')
  }
  const content = { [problemContentType]: { schema: { $ref: `${problemSchemaId}#` } } }
  return Object.fromEntries(
    [...answers].map(([status, { lines, headers }]) => [
      status,
      { description: lines.join(' '), ...(headers.size > 0 && { headers: describeHeaders([...headers]) }), content },
    ]),
  )
}
