import { expect, test } from 'vitest'
import { allFaults } from './faults/all-faults.ts'
import { scheduleOf } from './schedule.ts'

const aimed = allFaults.map((fault) => ({ fault, points: fault.points }))

function named(count: number, seed: number, faults = aimed): string[] {
  return scheduleOf(faults, count, seed).map(({ fault, point, seed: own }) => `${fault.name}@${point} ${own}`)
}

test('one seed is one schedule, and another seed is another', () => {
  expect(named(50, 7)).toEqual(named(50, 7))
  expect(named(50, 7)).not.toEqual(named(50, 8))
})

test('a short schedule is the beginning of a long one, and every fault strikes once before any strikes again', () => {
  const long = named(2 * aimed.length, 7)
  expect(long.slice(0, 9)).toEqual(named(9, 7))
  const faults = long.slice(0, aimed.length).map((strike) => strike.split('@')[0])
  expect(new Set(faults).size).toBe(aimed.length)
})

test('the seed of one strike repeats that strike alone', () => {
  const [strike] = scheduleOf(aimed, 5, 7).slice(3)
  const { fault, point, seed } = strike!
  expect(scheduleOf([{ fault, points: [point] }], 1, seed)).toEqual([strike])
})

test('each fault has its own name, in words of both languages, and a point at least', () => {
  expect(new Set(allFaults.map(({ name }) => name)).size).toBe(allFaults.length)
  for (const { title, points } of allFaults) {
    expect(title.zh).not.toBe(title.en)
    expect(points.length).toBeGreaterThan(0)
  }
})
