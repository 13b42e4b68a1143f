import { points, type Point } from '../strategies/points.ts'
import { StageNotSetError, type Fault } from './stage.ts'
import { asksUntilSold, soon, standsAt, wake } from './staging.ts'

/*
 * The faults. Each fault strikes at a named point: the process reports that it is there, and continues only when the lab tells it to. So
 * the fault happens in every run.
 */

/** A waits at the point, alive, while B sells. */
export function twoAtOnce(point: Point): Fault {
  return {
    id: `two at once, ${point}`,
    kind: 'contention',
    title:
      point === 'after it read the stock'
        ? { en: 'two at once', zh: '两个进程同时卖' }
        : { en: `two at once, one waits ${point}`, zh: `两个进程同时卖，一个停在“${points[point]}”` },
    needs: 'nothing',
    async strike({ A, B, asksMax }) {
      const first = await standsAt(A, point)
      await asksUntilSold(B, asksMax)
      first.goOn()
      await first.answer
    },
  }
}

/** SIGSTOP: no timer of A runs, so no watchdog does either. B sells meanwhile. */
export function pausedAt(point: Point): Fault {
  return {
    id: `paused ${point}`,
    kind: 'paused',
    title: { en: `paused ${point}`, zh: `整个进程在“${points[point]}”暂停` },
    needs: 'nothing',
    async strike({ A, B, asksMax }) {
      const first = await standsAt(A, point)
      A.pause()
      await asksUntilSold(B, asksMax)
      wake(A, first)
      await first.answer
    },
  }
}

/** A wakes when B has read the same stock, and writes first. A fence that only the write registers lets both write. */
export function pausedUntilAnotherRead(point: Point): Fault {
  return {
    id: `paused ${point}, until another has read`,
    kind: 'paused, first to write',
    title: {
      en: `paused ${point}, wakes when B has read and writes before B`,
      zh: `整个进程在“${points[point]}”暂停，B 读完后醒来，抢在 B 之前写`,
    },
    needs: 'nothing',
    async strike({ A, B, leaseMs, asksMax }) {
      const first = await standsAt(A, point)
      A.pause()
      const second = B.sells(point)
      // B cannot read if A's lock has no time limit. Then B waits, and A writes alone.
      const hasRead = await soon(second.reaches(point), leaseMs * 4)
      if (!hasRead && asksMax > 1) throw new StageNotSetError('B did not read the stock beside A')
      A.resume()
      first.goOn('after it wrote the stock')
      await first.reaches('after it wrote the stock')
      second.goOn()
      await second.answer
      first.goOn()
      await first.answer
    },
  }
}

/** A is late, and B has the lock by now. A continues and releases, and C asks while B is working. */
function lateRelease(point: Point, isPaused: boolean): Fault['strike'] {
  return async ({ A, B, C, leaseMs }) => {
    const first = await standsAt(A, point)
    if (isPaused) A.pause()
    const second = B.sells('after it read the stock')
    // If B gets no lock while A lives, A has no other lock to delete.
    const isHolding = await soon(second.reaches('after it read the stock'), leaseMs * 4)
    wake(A, first)
    await first.answer
    if (isHolding) {
      // C gets in at once if B's lock was deleted, and gives up if not.
      await C.sells().answer
      second.goOn()
    } else {
      await soon(second.reaches('after it read the stock'), leaseMs)
      second.goOn()
    }
    await second.answer
  }
}

export function pausedBeforeRelease(point: Point): Fault {
  return {
    id: `paused ${point}, then releases`,
    kind: 'paused',
    title: { en: `paused ${point}, then releases`, zh: `整个进程在“${points[point]}”暂停，随后去释放锁` },
    needs: 'nothing',
    strike: lateRelease(point, true),
  }
}

export const workOutlastsLease: Fault = {
  id: 'work outlasts the lease',
  kind: 'slow work',
  title: { en: 'the work outlasts the lease', zh: '干活的时间超过租约' },
  needs: 'nothing',
  strike: lateRelease('after it read the stock', false),
}

export function killedAt(point: Point): Fault {
  return {
    id: `killed ${point}`,
    kind: 'killed',
    title: { en: `killed ${point}`, zh: `进程在“${points[point]}”被杀死` },
    needs: 'nothing',
    async strike({ A, B }) {
      await standsAt(A, point)
      await A.kill()
      await B.sells().answer
    },
  }
}

/** C0 died with the lock. Its lock is old, and two processes notice that. */
export const twoFindItOld: Fault = {
  id: 'two find the lock old',
  kind: 'contention',
  title: { en: 'two find the lock old', zh: '两个进程同时发现锁已过期' },
  needs: 'nothing',
  async strike({ A, B, C }) {
    await standsAt(A, 'after it got the lock')
    await A.kill()
    const second = await standsAt(B, 'after it found the lock old')
    const third = await standsAt(C, 'after it found the lock old')
    second.goOn('after it read the stock')
    await second.reaches('after it read the stock')
    third.goOn()
    await third.answer
    second.goOn()
    await second.answer
  },
}

/** By B's clock every lease of A is over. */
export function clocksApart(point: Point): Fault {
  return {
    id: 'clocks apart',
    kind: 'clocks apart',
    title: { en: 'clocks apart by ten leases', zh: '一个进程的时钟快了十个租约' },
    needs: 'nothing',
    async strike({ A, B, leaseMs, asksMax }) {
      await B.setClockAhead(leaseMs * 10)
      const first = await standsAt(A, point)
      await asksUntilSold(B, asksMax)
      first.goOn()
      await first.answer
    },
  }
}

/** Many buyers at all three processes at the same instant. */
export const contention: Fault = {
  id: 'contention',
  kind: 'contention',
  title: { en: '24 buyers at the same instant', zh: '24 个买家同时下单' },
  needs: 'nothing',
  async strike({ A, B, C }) {
    const sales = Array.from({ length: 8 }, () => [A, B, C].map((actor) => actor.sells().answer)).flat()
    await Promise.all(sales)
  },
}
