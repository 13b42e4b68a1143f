import { expect, test, vi } from 'vitest'
import { createKnownLedgers } from './known-ledgers.ts'

test('a flood of look-ups costs one query at a time', async () => {
  const answers: (() => void)[] = []
  const readItems = vi.fn(async (itemIds: readonly number[]) => {
    await new Promise<void>((resolve) => answers.push(resolve))
    return new Map(itemIds.filter((id) => id < 10).map((id) => [id, { birth: '7', epoch: 1, duplicateWindowMs: 0 }]))
  })
  const ledgers = createKnownLedgers(readItems)
  const first = ledgers.find(1)
  await vi.waitFor(() => expect(answers).toHaveLength(1), { timeout: 20_000 })
  const flood = Array.from({ length: 1_000 }, (_, i) => ledgers.find(i + 2))
  answers[0]!()
  await vi.waitFor(() => expect(answers).toHaveLength(2), { timeout: 20_000 })
  answers[1]!()
  expect(await first).toEqual({ itemId: 1, birth: '7', epoch: 1, sequence: 0, duplicateWindowMs: 0 })
  const found = await Promise.all(flood)
  expect(found.filter(Boolean)).toHaveLength(8)
  expect(readItems).toHaveBeenCalledTimes(2)
})

test('an item that does not exist yet is found the moment it does', async () => {
  const items = new Map<number, { birth: string; epoch: number; duplicateWindowMs: number }>()
  const ledgers = createKnownLedgers(async () => items)
  expect(await ledgers.find(1)).toBeUndefined()
  items.set(1, { birth: '7', epoch: 1, duplicateWindowMs: 0 })
  expect(await ledgers.find(1)).toMatchObject({ epoch: 1 })
})

test('what was seen of an older epoch says nothing of the new one', async () => {
  let epoch = 1
  const ledgers = createKnownLedgers(async () => new Map([[1, { birth: '7', epoch, duplicateWindowMs: 0 }]]))
  const known = await ledgers.find(1)
  known!.sequence = 99
  await ledgers.refresh(1)
  expect(ledgers.get(1)).toMatchObject({ epoch: 1, sequence: 99 })
  epoch = 2
  await ledgers.refresh(1)
  expect(ledgers.get(1)).toMatchObject({ epoch: 2, sequence: 0 })
})

test('an item that has the number of another is not taken for it, and nothing that was seen of the other counts', async () => {
  let birth = '7'
  const ledgers = createKnownLedgers(async () => new Map([[1, { birth, epoch: 1, duplicateWindowMs: 0 }]]))
  const known = await ledgers.find(1)
  known!.sequence = 99
  birth = '8'
  await ledgers.refresh(1)
  expect(ledgers.get(1)).toMatchObject({ birth: '8', epoch: 1, sequence: 0 })
})

test('a failed query fails those who asked, and nobody after them', async () => {
  let fails = true
  const ledgers = createKnownLedgers(async () => {
    if (fails) throw new Error('Postgres is away')
    return new Map([[1, { birth: '7', epoch: 1, duplicateWindowMs: 0 }]])
  })
  await expect(ledgers.find(1)).rejects.toThrow('Postgres is away')
  fails = false
  expect(await ledgers.find(1)).toMatchObject({ epoch: 1 })
})
