import { expect, test } from 'vitest'
import { orderOutcomes, outcomeNames, refusalCodes, refusals, totalOf, letterOfVerdict } from './order-outcomes.ts'
import { problemOf } from './problem.ts'

test('each outcome has a letter, a problem code and a total that no other outcome has', () => {
  const lists = [
    Object.values(letterOfVerdict),
    outcomeNames.flatMap((outcome) => {
      const facts = orderOutcomes[outcome]
      return 'problem' in facts ? [facts.problem] : []
    }),
    outcomeNames.map(totalOf),
  ]
  for (const list of lists) expect(list).toEqual([...new Set(list)])
  for (const letter of Object.values(letterOfVerdict)) expect(letter).toMatch(/^[A-Z]$/)
})

test('a client is told when to come back exactly where the same request may soon come to something else', () => {
  for (const code of refusalCodes) {
    expect(problemOf(code).retryAfterMs !== undefined, code).toBe(refusals.get(code)!.retry === 'soon')
  }
})

test('what is final answers the same for good, and what may have been taken is no last word', () => {
  for (const outcome of outcomeNames) {
    const { isFinal, isDefinite, retry } = orderOutcomes[outcome]
    if (isFinal) expect(retry, outcome).toBe('same')
    if (!isDefinite) expect(retry, outcome).toBe('soon')
  }
})
