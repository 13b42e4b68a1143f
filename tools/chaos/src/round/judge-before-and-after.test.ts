import type { LifeViolation } from '@flash-sale/kit/judge-life'
import { expect, test } from 'vitest'
import { judgeBeforeAndAfter } from './judge-before-and-after.ts'

const astray: LifeViolation = { invariant: 'I12', fault: 'MONEY_WITHOUT_GOODS', detail: 'payment a' }
const putOff: LifeViolation = { invariant: 'I12', fault: 'PUT_OFF_TOO_LONG', detail: 'payment a' }
const stranded: LifeViolation = { invariant: 'I2', fault: 'UNDERSOLD', detail: '1 unit' }

/** Judges with these findings, and says in which order what was done. */
async function judged(...findings: LifeViolation[][]) {
  const acts: string[] = []
  const judge = async () => {
    acts.push('judge')
    return findings.shift()!
  }
  const found = await judgeBeforeAndAfter(judge, async () => void acts.push('bring about'))
  return { found, acts }
}

test('the next tries are brought about once, when all is at rest and money is astray', async () => {
  expect(await judged([astray], [])).toEqual({ found: [], acts: ['judge', 'bring about', 'judge'] })
  expect(await judged([astray], [astray])).toMatchObject({ found: [astray] })
})

test('no next try is brought about when no money is astray', async () => {
  expect(await judged([])).toEqual({ found: [], acts: ['judge'] })
  expect(await judged([stranded])).toEqual({ found: [stranded], acts: ['judge'] })
})

test('a try that was put off too long is a breach, though it is brought about', async () => {
  expect(await judged([astray, putOff], [])).toMatchObject({ found: [putOff] })
})
