import { expect, test } from 'vitest'
import { interleave } from './interleave.ts'

test('the order moves on from round to round, and rounds of warming up are thrown away', async () => {
  const order: string[] = []
  const slice = (name: string) => async () => order.push(name)
  const measured = await interleave(
    { a: slice('a'), b: slice('b'), c: slice('c') },
    { rounds: 2, warmUpRounds: 1, signal: new AbortController().signal, onSlice: () => undefined },
  )
  expect(order.join('')).toBe('abcbcacab')
  expect(measured).toEqual({ a: [6, 8], b: [4, 9], c: [5, 7] })
})
