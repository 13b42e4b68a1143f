import type { TSchema } from 'typebox'

/** The headers that a client may act on, as the API description lists them. */
export const answerHeaders = {
  'cache-control': text('Whether the answer may be kept.'),
  'content-disposition': text('The name to save the file under.'),
  etag: text('The version of the answer. Send it as `If-None-Match` to get only a newer answer.'),
  'idempotent-replayed': {
    ...text(
      'The same Idempotency-Key, or a double click, got this answer before. The first answer does not have this header.',
    ),
    enum: ['true'],
  },
  location: text('The path of the created resource.'),
  'preference-applied': text('The `wait` of `Prefer` that was honoured; absent when nothing was waited for.'),
  'retry-after': { type: 'string', pattern: '^[1-9][0-9]*$', description: 'When to try again, in seconds.' },
  'set-cookie': text('Opens the session to this browser.'),
  vary: text('The request headers that the answer depends on.'),
  'www-authenticate': text('How to sign in.'),
} as const

export type AnswerHeader = keyof typeof answerHeaders

/** The schema of an answer with these headers. Types and body stay the same. */
export function withHeaders<Answer extends TSchema>(answer: Answer, ...names: AnswerHeader[]): Answer {
  return { ...answer, headers: describeHeaders(names) }
}

/** Describes these headers, as a response of the API description lists them. */
export function describeHeaders(names: readonly AnswerHeader[]): object {
  return Object.fromEntries(names.map((name) => [name, answerHeaders[name]]))
}

function text(description: string) {
  return { type: 'string', description } as const
}
