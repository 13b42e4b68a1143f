/** Why a webhook was not delivered, as a sentence for people. The sentence is stored; `{}` stands for its value. */
export const webhookFailures = {
  ANSWERED: 'It answered {}.',
  REDIRECTED: 'It answered {}; redirects are not followed.',
  LATE: 'It did not answer within {} s.',
  CLOSED: 'It closed the connection without an answer.',
  UNREACHABLE: 'It could not be reached ({}).',
  NOTHING_LISTENS: 'Nothing listens at its address.',
  NAME_PRIVATE: 'Its name leads into a private network.',
  NAME_EMPTY: 'Its name has no address.',
  NAME_UNKNOWN: 'Its name could not be looked up.',
  URL_PRIVATE:
    'The url leads into a private network. Webhooks may go there only where WEBHOOK_ALLOW_PRIVATE=true is set.',
  URL_PLAIN: 'The url must begin with https://; http:// is only for private networks.',
  EVENT_GONE: 'The event is not in Postgres any more.',
} as const
export type WebhookFailure = keyof typeof webhookFailures

/** The sentence with its value: a status, seconds or the code of an error. */
export function webhookFailureText(failure: WebhookFailure, value: string | number = ''): string {
  return webhookFailures[failure].replace('{}', () => String(value))
}

/** What a stored sentence says. Undefined if no sentence of these is like it. */
export function readWebhookFailure(
  text: string,
): { readonly failure: WebhookFailure; readonly value: string } | undefined {
  for (const [failure, sentence] of Object.entries(webhookFailures)) {
    const [before = '', after] = sentence.split('{}')
    const isLike = after === undefined ? text === before : text.startsWith(before) && text.endsWith(after)
    const value = after === undefined ? '' : text.slice(before.length, text.length - after.length)
    if (isLike && (after === undefined || isValue.test(value))) return { failure: failure as WebhookFailure, value }
  }
  return undefined
}

/** No value has a space, so that no sentence is taken for another. */
const isValue = /^[\w.]+$/
