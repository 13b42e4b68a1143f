import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { HeldLease, type LeaseStore } from './held-lease.ts'
import type { ReleaseOutcome } from './lease-scripts.ts'
import { LockUnansweredError } from './lock-errors.ts'
import { Stop } from './stop.ts'
import { askForLease } from './wait-for-lease.ts'

// Faults that other libraries of this kind were reported with; redlock/known-faults.test.ts has those of several masters. Time stands
// still here unless a test moves it, so nothing depends on speed.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** A lease in a store that takes `delayMs` to hear a question and as long to answer it. */
function simulatedLease({ leaseMs = 1_000, delayMs = 1, renewalMs = 1 } = {}) {
  const sentAt = performance.now()
  // Redis hears of it a little after it was sent.
  const stored = { owner: 'ann', untilMs: sentAt + delayMs + leaseMs, renewedCount: 0 }
  const isHeld = () => stored.owner === 'ann' && stored.untilMs > performance.now()
  const store: LeaseStore = {
    async renew() {
      stored.renewedCount += 1
      await sleep(renewalMs)
      const renewed = isHeld()
      if (renewed) stored.untilMs = performance.now() + leaseMs
      await sleep(renewalMs)
      return renewed
    },
    async release(): Promise<ReleaseOutcome> {
      await sleep(delayMs)
      if (!isHeld()) return 'lost'
      stored.owner = ''
      return 'released'
    },
  }
  const grant = { kind: 'lock', name: 'item:7', owner: 'ann', leaseMs, renew: true, sentAt } as const
  return { lease: new HeldLease(store, grant), stored, isHeld }
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** The process does not get the processor: its clock goes on, and no timer fires. */
async function busyFor500Ms(): Promise<{ taken: boolean }> {
  const now = performance.now()
  vi.spyOn(performance, 'now').mockReturnValue(now + 500)
  return { taken: true }
}

test('a lease that is over when its grant arrives is not handed out', async () => {
  const asked = askForLease(busyFor500Ms, {
    name: 'item:7',
    leaseMs: 400,
    answerMs: 2_000,
    giveUpAt: 0,
    stop: new Stop(),
  })
  await expect(asked).rejects.toBeInstanceOf(LockUnansweredError)
})

test('the signal aborts before the lease ends in Redis when renewals get no answer', async () => {
  const { lease, isHeld } = simulatedLease({ renewalMs: 60_000 })
  let wasHeld: boolean | undefined
  lease.signal.addEventListener('abort', () => (wasHeld = isHeld()))
  await vi.advanceTimersByTimeAsync(5_000)
  expect(wasHeld).toBe(true)
  expect(lease.signal.reason).toMatchObject({ lostBy: 'deadline' })
})

test.each([10, 300, 1_250])(
  'a lease of %d ms is renewed about three times a lease, and not without pause',
  async (leaseMs) => {
    const { lease, stored } = simulatedLease({ leaseMs, renewalMs: 0 })
    await vi.advanceTimersByTimeAsync(20 * leaseMs)
    expect(lease.signal.aborted).toBe(false)
    expect(stored.renewedCount).toBeGreaterThanOrEqual(45)
    expect(stored.renewedCount).toBeLessThanOrEqual(80)
  },
)

describe('a lease that was lost stays lost:', () => {
  test('a renewal that is answered too late does not bring it back', async () => {
    const { lease, isHeld } = simulatedLease({ renewalMs: 400 })
    const { deadline } = lease
    await vi.advanceTimersByTimeAsync(1_200)
    // Redis extended it. The process has told its work by then that it was lost.
    expect(isHeld()).toBe(true)
    expect(lease).toMatchObject({ deadline, remainingMs: 0 })
    expect(lease.signal.reason).toMatchObject({ lostBy: 'deadline' })
  })

  test('it is not renewed any more', async () => {
    const { lease, stored } = simulatedLease()
    stored.owner = 'bob'
    await vi.advanceTimersByTimeAsync(400)
    expect(lease.signal.reason).toMatchObject({ lostBy: 'gone' })
    const { renewedCount } = stored
    await vi.advanceTimersByTimeAsync(5_000)
    expect(stored).toMatchObject({ renewedCount, owner: 'bob' })
  })
})

test('a release of a lost lease says so, and leaves the next holder alone', async () => {
  const { lease, stored } = simulatedLease()
  stored.owner = 'bob'
  const outcome = lease.release()
  await vi.advanceTimersByTimeAsync(5)
  expect(await outcome).toBe('lost')
  expect(stored.owner).toBe('bob')
})
