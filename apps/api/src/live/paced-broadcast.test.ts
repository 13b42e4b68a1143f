import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '@flash-sale/testing/eventually'
import { expect, onTestFinished, test } from 'vitest'
import { createPacedBroadcast, type Pace } from './paced-broadcast.ts'

/** Listeners that each keep the process busy for a millisecond. */
function busyListeners(count: number, pace: Pace) {
  const broadcast = createPacedBroadcast<string>(pace)
  onTestFinished(broadcast.close)
  const heard: string[][] = Array.from({ length: count }, () => [])
  const leaves = heard.map((own) =>
    broadcast.listen((news) => {
      const untilMs = performance.now() + 1
      while (performance.now() < untilMs);
      own.push(news)
    }),
  )
  return { broadcast, heard, leaves }
}

test('a round takes a bounded share of the time, and other work has its turns in between', async () => {
  const { broadcast, heard } = busyListeners(40, { turnMs: 1, share: 0.25, urgentShare: 1 })
  const startedAtMs = performance.now()
  broadcast.tell('news', false)
  // The first turn has ended: everything else goes on.
  expect(heard.filter((own) => own.length > 0).length).toBeLessThan(10)
  await eventually(() => !broadcast.isUnderWay(), { what: 'the end of the round' })
  expect(heard.every((own) => own.join() === 'news')).toBe(true)
  expect(performance.now() - startedAtMs).toBeGreaterThan(40 * 3)
})

test('a round that urgent news wait for is finished at the greater share', async () => {
  const { broadcast } = busyListeners(40, { turnMs: 1, share: 0.001, urgentShare: 0.9 })
  broadcast.tell('news', true)
  await eventually(() => !broadcast.isUnderWay(), { what: 'the end of the urgent round' })
  broadcast.tell('numbers', false)
  expect(broadcast.isUnderWay()).toBe(true)
})

test('a listener that leaves during a round hears no more, and a listener that comes has newer news already', async () => {
  const { broadcast, heard, leaves } = busyListeners(20, { turnMs: 1, share: 0.25, urgentShare: 1 })
  broadcast.tell('news', false)
  leaves.at(-1)!()
  const late: string[] = []
  broadcast.listen((news) => void late.push(news))
  await eventually(() => !broadcast.isUnderWay(), { what: 'the end of the round' })
  expect([heard.at(-1), late]).toEqual([[], []])
  broadcast.tell('next', true)
  await eventually(() => late.length > 0, { what: 'the next news' })
  expect(late).toEqual(['next'])
})

test('when it is closed, a round ends at once', async () => {
  const { broadcast, heard } = busyListeners(40, { turnMs: 1, share: 0.01, urgentShare: 1 })
  broadcast.tell('news', false)
  broadcast.close()
  await eventually(() => !broadcast.isUnderWay(), { what: 'the end of the round' })
  await sleep(20)
  expect(heard.filter((own) => own.length > 0).length).toBeLessThan(20)
})
