import { expect, test } from 'vitest'
import { keepInMemory } from '../../browser/kept-text.ts'
import { newDraft } from './draft.ts'
import { keepDraft } from './kept-draft.ts'

test('a form that was left half filled in is found again, until it is forgotten', () => {
  const kept = keepInMemory()
  expect(keepDraft(kept).find()).toBeUndefined()
  const draft = { ...newDraft(Date.now()), name: 'Half a na', currency: 'JPY', payWithinMinutes: '1' }
  keepDraft(kept).keep(draft)
  expect(keepDraft(kept).find()).toEqual(draft)
  keepDraft(kept).forget()
  expect(keepDraft(kept).find()).toBeUndefined()
})

test.each([
  'no JSON',
  'null',
  '7',
  '{}',
  '{"name":"a","opensAt":"","closesAt":""}',
  '{"name":"a","opensAt":"","closesAt":"","currency":"","payWithinMinutes":"","items":[]}',
  '{"name":"a","opensAt":"","closesAt":"","currency":"","payWithinMinutes":"","items":[{"key":"1","name":"b"}]}',
])('a kept text that is no form is ignored: %s', (text) => {
  expect(keepDraft({ ...keepInMemory(), get: () => text }).find()).toBeUndefined()
})
