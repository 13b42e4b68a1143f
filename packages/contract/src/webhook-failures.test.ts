import { expect, test } from 'vitest'
import { readWebhookFailure, webhookFailures, webhookFailureText, type WebhookFailure } from './webhook-failures.ts'

const failures = Object.keys(webhookFailures) as WebhookFailure[]

test.each(failures)('the stored sentence of %s is read as the same failure with the same value', (failure) => {
  for (const given of ['503', '0.5', 'UND_ERR_INFO']) {
    const value = webhookFailures[failure].includes('{}') ? given : ''
    expect(readWebhookFailure(webhookFailureText(failure, value))).toEqual({ failure, value })
  }
})

test('a sentence that is none of these is not read', () => {
  for (const text of ['', 'Its certificate is odd.', 'It answered .', 'It answered 5 of 6.', 'It'])
    expect(readWebhookFailure(text)).toBeUndefined()
})
