import type { Violation } from '@flash-sale/kit/history'
import { expect, test } from 'vitest'
import { withoutExcused } from './judge-lives.ts'

function violation(fault: Violation['fault'], detail: string): Violation {
  return { invariant: 'I1', fault, detail }
}

test('orders accepted in vain are excused only by as many units that others paid again, and nothing else is', () => {
  const inVain = [violation('ACCEPTED_IN_VAIN', 'one'), violation('ACCEPTED_IN_VAIN', 'two')]
  const oversold = violation('OVERSOLD', 'three')
  expect(withoutExcused([...inVain, oversold], 2)).toEqual([oversold])
  expect(withoutExcused([...inVain, oversold], 1)).toEqual([...inVain, oversold])
})
