import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Lease } from '../held-lease.ts'
import { LockTimeoutError, LockUnansweredError } from '../lock-errors.ts'
import { hashTagOf, lockKeys } from '../lock-keys.ts'
import type { Master } from './master.ts'
import { createRedlockOf, type Redlock } from './redlock.ts'
import { simulatedMaster, type SimulatedMaster } from './simulated-master.fixture.ts'

// Faults that other libraries of this kind were reported with. Time stands still here unless a test moves it, so nothing depends on speed.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const keys = lockKeys(hashTagOf('item:7'))
const three = (make: () => SimulatedMaster = simulatedMaster) => Array.from({ length: 3 }, make)

function later<Args extends unknown[], T>(ms: number, act: (...args: Args) => Promise<T>) {
  return (...args: Args) => new Promise<T>((resolve) => setTimeout(() => resolve(act(...args)), ms))
}

async function acquire(redlock: Redlock, leaseMs: number): Promise<Lease> {
  const acquiring = redlock.acquire('item:7', { leaseMs })
  await vi.advanceTimersByTimeAsync(leaseMs / 10)
  return acquiring
}

const farther = (master: Master): Master => ({
  ...master,
  vote: later(5, (...args: Parameters<Master['vote']>) => master.vote(...args)),
  returnVote: later(5, (...args: Parameters<Master['returnVote']>) => master.returnVote(...args)),
})

/** Three that ask at once, each nearest to another master: each gets one vote. */
async function contendOnce(): Promise<unknown[]> {
  const masters = three()
  const contenders = masters.map((near) =>
    createRedlockOf(masters.map((master) => (master === near ? master : farther(master)))),
  )
  const outcomes = Promise.allSettled(
    contenders.map((redlock) => redlock.using('item:7', { leaseMs: 10_000, waitMs: 60_000 }, async () => 'done')),
  )
  await vi.advanceTimersByTimeAsync(61_000)
  return (await outcomes).map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : outcome.reason))
}

describe('a split vote', () => {
  test('settles, since who lost it waits for a random time that grows', async () => {
    let seed = 7
    vi.spyOn(Math, 'random').mockImplementation(() => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647)
    expect(await contendOnce()).toEqual(['done', 'done', 'done'])
  })

  test('would never settle if all waited for the same time', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const never = expect.any(LockTimeoutError)
    expect(await contendOnce()).toEqual([never, never, never])
  })
})

test('a vote whose reply was lost, and that could not be given back, does not block the next try', async () => {
  const masters = three()
  let isBroken = true
  // The connection breaks after the question: the vote is given, and neither its reply nor its return comes through.
  const breaking = masters.map((master): Master => ({
    ...master,
    vote: (...args) => master.vote(...args).then((vote) => (isBroken ? Promise.reject(new Error('broken')) : vote)),
    returnVote: (...args) => (isBroken ? Promise.reject(new Error('broken')) : master.returnVote(...args)),
  }))
  const acquiring = createRedlockOf(breaking).acquire('item:7', { leaseMs: 60_000, waitMs: 10_000 })
  await vi.advanceTimersByTimeAsync(2)
  isBroken = false
  await vi.advanceTimersByTimeAsync(1_000)
  const lease = await acquiring
  expect(masters.map((master) => master.ownerOf(keys))).toEqual([lease.owner, lease.owner, lease.owner])
})

test('a lease of which nothing is left is not handed out, and its votes are given back', async () => {
  const masters = three()
  const slow = masters.map((master) => ({
    ...master,
    vote: later(600, (...args: Parameters<Master['vote']>) => master.vote(...args)),
  }))
  const options = { leaseMs: 500, waitMs: 0, answerMs: 5_000 }
  const refused = expect(createRedlockOf(slow).acquire('item:7', options)).rejects.toBeInstanceOf(LockTimeoutError)
  await vi.advanceTimersByTimeAsync(601)
  expect(masters.map((master) => master.ownerOf(keys))).not.toContain(undefined)
  await vi.advanceTimersByTimeAsync(2)
  await refused
  expect(masters.map((master) => master.ownerOf(keys))).toEqual([undefined, undefined, undefined])
})

test('the signal aborts before the lease ends at the masters, also where their clocks run faster', async () => {
  const masters = three(() => simulatedMaster({ clockRate: 1.009 }))
  for (const master of masters) master.slowRenewals(60_000)
  const lease = await acquire(createRedlockOf(masters), 1_000)
  const ownersThen: unknown[] = []
  lease.signal.addEventListener('abort', () => ownersThen.push(...masters.map((master) => master.ownerOf(keys))))
  await vi.advanceTimersByTimeAsync(2_000)
  expect(ownersThen).toEqual([lease.owner, lease.owner, lease.owner])
  expect(lease.signal.reason).toMatchObject({ lostBy: 'deadline' })
})

test.each([10, 300, 1_250])(
  'a lease of %d ms is renewed about three times a lease, and not without pause',
  async (leaseMs) => {
    const masters = three(() => simulatedMaster({ delayMs: 0 }))
    const lease = await acquire(createRedlockOf(masters), leaseMs)
    const before = masters[0]!.renewedCount()
    await vi.advanceTimersByTimeAsync(20 * leaseMs)
    expect(lease.signal.aborted).toBe(false)
    const renewals = masters[0]!.renewedCount() - before
    expect(renewals).toBeGreaterThanOrEqual(45)
    expect(renewals).toBeLessThanOrEqual(80)
  },
)

describe('a lease that was lost stays lost:', () => {
  test('a renewal that is answered too late does not bring it back', async () => {
    const masters = three()
    for (const master of masters) master.slowRenewals(900)
    const lease = await acquire(createRedlockOf(masters), 1_000)
    const { deadline } = lease
    await vi.advanceTimersByTimeAsync(1_500)
    expect(lease).toMatchObject({ deadline, remainingMs: 0 })
    expect(lease.signal.reason).toMatchObject({ lostBy: 'deadline' })
  })

  test('masters that forgot it do not take it anew when it is renewed', async () => {
    const masters = three()
    const lease = await acquire(createRedlockOf(masters), 3_000)
    for (const master of masters.slice(0, 2)) master.restartEmpty()
    await vi.advanceTimersByTimeAsync(1_500)
    expect(lease.signal.reason).toMatchObject({ lostBy: 'gone' })
    expect(masters.map((master) => master.ownerOf(keys)).filter(Boolean)).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
  })
})

test('a release deletes nothing of the next holder', async () => {
  const masters = three()
  for (const master of masters) master.slowRenewals(60_000)
  const redlock = createRedlockOf(masters)
  const lost = await acquire(redlock, 1_000)
  await vi.advanceTimersByTimeAsync(1_100)
  const next = await acquire(redlock, 5_000)
  const outcome = lost.release()
  await vi.advanceTimersByTimeAsync(10)
  expect(await outcome).toBe('lost')
  expect(masters.map((master) => master.ownerOf(keys))).toEqual([next.owner, next.owner, next.owner])
})

test('each vote is given back within the time of its own master, and a silent one holds up nobody', async () => {
  const [first, second, ...silent] = Array.from({ length: 5 }, () => simulatedMaster())
  const never = { vote: () => new Promise<never>(() => {}), returnVote: () => new Promise<never>(() => {}) }
  const masters: Master[] = [first!, second!, ...silent.map((master) => ({ ...master, ...never }))]
  const refused = expect(
    createRedlockOf(masters).acquire('item:7', { leaseMs: 60_000, waitMs: 0, answerMs: 100 }),
  ).rejects.toBeInstanceOf(LockUnansweredError)
  await vi.advanceTimersByTimeAsync(99)
  expect([first!.ownerOf(keys), second!.ownerOf(keys)]).not.toContain(undefined)
  await vi.advanceTimersByTimeAsync(5)
  expect([first!.ownerOf(keys), second!.ownerOf(keys)]).toEqual([undefined, undefined])
  await vi.advanceTimersByTimeAsync(100)
  await refused
})
