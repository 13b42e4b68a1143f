import { expect, test } from 'vitest'
import { askAgain } from './ask-again.ts'

const { signal } = new AbortController()

/** A question that fails so before it is answered, and how often it was asked. */
function failing(...codes: string[]) {
  let askedCount = 0
  const ask = async () => {
    const code = codes[askedCount]
    askedCount += 1
    if (code !== undefined) throw Object.assign(new Error(`Postgres says ${code}`), { code })
    return 'answer'
  }
  return { ask, askedCount: () => askedCount }
}

test('a question whose backend was killed, or whose connection broke, is asked until it is answered', async () => {
  const { ask, askedCount } = failing('57P01', '08006', 'ECONNRESET')
  expect(await askAgain(signal, ask)).toBe('answer')
  expect(askedCount()).toBe(4)
})

test('a question that Postgres refuses for what it says is not asked again', async () => {
  for (const code of ['22P02', '23505', '42601']) {
    const { ask, askedCount } = failing(code, code)
    await expect(askAgain(signal, ask)).rejects.toThrow(code)
    expect(askedCount()).toBe(1)
  }
})

test('no question is asked again once the item is held by another', async () => {
  const holding = new AbortController()
  let askedCount = 0
  const asking = askAgain(holding.signal, async () => {
    askedCount += 1
    holding.abort(new Error('the lease is lost'))
    throw Object.assign(new Error('killed'), { code: '57P01' })
  })
  await expect(asking).rejects.toThrow('the lease is lost')
  expect(askedCount).toBe(1)
})
