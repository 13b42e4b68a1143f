import { expect, test } from 'vitest'
import { createServerClock } from './server-clock.ts'

/** A page whose own clock is wrong by hours, and a service whose answers take as long as the test says. */
function clockAgainst(service: { atMs: number }) {
  const page = { monotonicMs: 1_000 }
  const delays: [thereMs: number, backMs: number][] = []
  const clock = createServerClock({
    monotonicNow: () => page.monotonicMs,
    ownNow: () => 7,
    readTime: async () => {
      const [thereMs, backMs] = delays.shift() ?? [0, 0]
      page.monotonicMs += thereMs
      const now = service.atMs + page.monotonicMs
      page.monotonicMs += backMs
      return now
    },
  })
  const sync = (thereMs: number, backMs: number) => {
    delays.push([thereMs, backMs])
    return clock.sync()
  }
  return { clock, page, sync }
}

test('before the first answer the page has only its own clock', () => {
  const { clock } = clockAgainst({ atMs: 5_000_000 })
  expect(clock.now()).toBe(7)
  expect(clock.uncertaintyMs()).toBeUndefined()
})

test('an answer is taken as of the middle of its way, and time goes on from there', async () => {
  const { clock, page, sync } = clockAgainst({ atMs: 5_000_000 })
  await sync(40, 40)
  expect(clock.now()).toBe(5_000_000 + page.monotonicMs)
  page.monotonicMs += 1_234
  expect(clock.now()).toBe(5_000_000 + page.monotonicMs)
  expect(clock.uncertaintyMs()).toBe(40)
})

test('a slower answer does not spoil what a quick one told', async () => {
  const { clock, page, sync } = clockAgainst({ atMs: 5_000_000 })
  await sync(5, 5)
  await sync(0, 900)
  expect(clock.now()).toBe(5_000_000 + page.monotonicMs)
})

test('after a while a slower answer is better than an old one, for clocks drift', async () => {
  const service = { atMs: 5_000_000 }
  const { clock, page, sync } = clockAgainst(service)
  await sync(5, 5)
  page.monotonicMs += 11 * 60_000
  service.atMs += 3_000
  await sync(20, 20)
  expect(clock.now()).toBe(5_003_000 + page.monotonicMs)
})

test('a slower answer is taken when the best one cannot be right any more, as after a sleep of the machine', async () => {
  const service = { atMs: 5_000_000 }
  const { clock, page, sync } = clockAgainst(service)
  await sync(5, 5)
  service.atMs += 60_000
  await sync(20, 20)
  expect(clock.now()).toBe(5_060_000 + page.monotonicMs)
})

test('a service that does not answer leaves what is known', async () => {
  const clock = createServerClock({
    monotonicNow: () => 0,
    ownNow: () => 7,
    readTime: () => Promise.reject(new Error('away')),
  })
  await expect(clock.sync()).rejects.toThrow('away')
  expect(clock.now()).toBe(7)
})
