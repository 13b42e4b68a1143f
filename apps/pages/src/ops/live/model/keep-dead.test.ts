import type { LiveProcess } from '@flash-sale/contract/live'
import { expect, test } from 'vitest'
import { keepDead } from './keep-dead.ts'

const [startedAt, lastSeenAt, at] = ['2026-11-22T10:00:00.000Z', '2026-11-22T10:05:00.000Z', '2026-11-22T10:11:00.000Z']

function process(id: string, silentMs: number): LiveProcess {
  return { id, kind: 'worker', startedAt, lastSeenAt, silentMs, perSecond: 2, share: 1 }
}

test('a process that died stays after the service forgot it, silent since its last report', () => {
  expect(keepDead([process('dead', 299_000)], [process('new', 0)], at)).toEqual([
    process('new', 0),
    { ...process('dead', 360_000), perSecond: 0, share: 0 },
  ])
})

test('a process that stopped in good order goes', () => {
  expect(keepDead([process('stopped', 0)], [], at)).toEqual([])
})

test('a silent process that the service lists is as the service says', () => {
  expect(keepDead([process('dead', 4_000)], [process('dead', 5_000)], at)).toEqual([process('dead', 5_000)])
})
