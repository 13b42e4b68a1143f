import { setTimeout as sleep } from 'node:timers/promises'
import { points, type Point } from '../strategies/points.ts'
import type { Actor, Fault, Sale, Stage } from './stage.ts'

/*
 * The faults. Each one strikes at a named point: the process reports that it is there, and goes on only when it is told to. So what is
 * to happen does happen, in every run.
 */

/** A stands at the point, alive, while B sells. */
export function twoAtOnce(point: Point): Fault {
  return {
    id: `two at once, ${point}`,
    title:
      point === 'after it read the stock'
        ? { en: 'two at once', zh: '两个进程同时卖' }
        : { en: `two at once, one stands ${point}`, zh: `两个进程同时卖，一个停在“${points[point]}”` },
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

/** A is late; B has the lock by now. A goes on and releases, and C asks while B is at work. */
function lateRelease(point: Point, isPaused: boolean): Fault['strike'] {
  return async ({ A, B, C, leaseMs }) => {
    const first = await standsAt(A, point)
    if (isPaused) A.pause()
    const second = B.sells('after it read the stock')
    // Where B gets no lock as long as A is there, there is no other's lock to delete.
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
    title: { en: `paused ${point}, then releases`, zh: `整个进程在“${points[point]}”暂停，随后去释放锁` },
    needs: 'nothing',
    strike: lateRelease(point, true),
  }
}

export const workOutlastsLease: Fault = {
  id: 'work outlasts the lease',
  title: { en: 'the work outlasts the lease', zh: '干活的时间超过租约' },
  needs: 'nothing',
  strike: lateRelease('after it read the stock', false),
}

export function killedAt(point: Point): Fault {
  return {
    id: `killed ${point}`,
    title: { en: `killed ${point}`, zh: `进程在“${points[point]}”被杀死` },
    needs: 'nothing',
    async strike({ A, B }) {
      await standsAt(A, point)
      await A.kill()
      await B.sells().answer
    },
  }
}

/** C0 died with the lock. Its lock is old, and two find that out. */
export const twoFindItOld: Fault = {
  id: 'two find the lock old',
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
  title: { en: '24 buyers at the same instant', zh: '24 个买家同时下单' },
  needs: 'nothing',
  async strike({ A, B, C }) {
    const sales = Array.from({ length: 8 }, () => [A, B, C].map((actor) => actor.sells().answer)).flat()
    await Promise.all(sales)
  },
}

const third = 2

/** A has the locks of masters 1, 2 and 3: it cannot reach 4 and 5. */
async function holdsThreeMasters({ A, note }: Stage): Promise<Sale> {
  await A.cutMasters([3, 4])
  note({ en: 'A cannot reach masters 4 and 5', zh: 'A 连不上第 4、5 个主节点' })
  return standsAt(A, 'after it read the stock')
}

export const masterClockJumps: Fault = {
  id: "a master's clock jumps",
  title: { en: "one master's clock jumps ahead", zh: '一个主节点的时钟向前跳' },
  needs: 'five masters',
  async strike(stage) {
    const first = await holdsThreeMasters(stage)
    await stage.servers[third]!.jumpClock()
    stage.note({ en: "master 3's clock jumps: its lock is over", zh: '第 3 个主节点时钟跳变：它上面的锁到期了' })
    await asksUntilSold(stage.B, stage.asksMax)
    first.goOn()
    await first.answer
  },
}

export const masterRestartsEmpty: Fault = {
  id: 'a master restarts empty',
  title: { en: 'one master restarts without its data', zh: '一个主节点重启后数据丢失' },
  needs: 'five masters',
  async strike(stage) {
    const first = await holdsThreeMasters(stage)
    await stage.servers[third]!.restartEmpty()
    stage.note({ en: 'master 3 is killed, and starts empty', zh: '第 3 个主节点被杀死，重启后是空的' })
    await asksUntilSold(stage.B, stage.asksMax)
    first.goOn()
    await first.answer
  },
}

/** For a lock, or a shop, on one Redis. */
export const redisClockJumps: Fault = {
  id: 'the clock of Redis jumps',
  title: { en: "the clock of the lock's Redis jumps ahead", zh: '锁所在的 Redis 时钟向前跳' },
  needs: 'one Redis',
  async strike({ A, B, servers, note, asksMax }) {
    const first = await standsAt(A, 'after it read the stock')
    await servers[0]!.jumpClock()
    note({ en: 'the clock of that Redis jumps: the lock is over', zh: '锁所在的 Redis 时钟跳变：锁到期了' })
    await asksUntilSold(B, asksMax)
    first.goOn()
    await first.answer
  },
}

export function redisRestartsEmpty(point: Point): Fault {
  return {
    id: 'Redis restarts empty',
    title: { en: 'Redis restarts without its data', zh: 'Redis 重启后数据丢失' },
    needs: 'one Redis',
    async strike({ A, B, servers, note, asksMax }) {
      const first = await standsAt(A, point)
      await servers[0]!.restartEmpty()
      note({ en: 'Redis is killed, and starts empty', zh: 'Redis 被杀死，重启后是空的' })
      await asksUntilSold(B, asksMax)
      first.goOn()
      await first.answer
    },
  }
}

/** The replica lacks what the master wrote last. */
export const promotedBeforeCopied: Fault = {
  id: 'promoted before it was copied',
  title: { en: 'promoted before the lock was copied', zh: '锁还没复制到副本，副本就被提升为主节点' },
  needs: 'a Redis with a replica',
  async strike({ A, B, pair, note, asksMax }) {
    await pair!.cutReplication()
    note({ en: 'the cable between master and replica is cut', zh: '主从之间的连接断开' })
    const first = await standsAt(A, 'after it read the stock')
    await pair!.failOver()
    note({ en: 'the master dies; the replica is the master now', zh: '主节点宕机，副本成为新的主节点' })
    await asksUntilSold(B, asksMax)
    first.goOn()
    await first.answer
  },
}

/** For the product: orders that are persisted must count, whatever the new Redis knows of them. */
export function productLosesRedis(needs: 'one Redis' | 'a Redis with a replica'): Fault {
  const isPair = needs === 'a Redis with a replica'
  return {
    id: isPair ? 'promoted before it was copied' : 'Redis restarts empty',
    title: isPair
      ? { en: 'a replica that lacks the last sale is promoted', zh: '缺少最后一笔订单的副本被提升为主节点' }
      : { en: 'Redis restarts without its data', zh: 'Redis 重启后数据丢失' },
    needs,
    async strike({ A, B, pair, servers, persisted, note }) {
      await pair?.cutReplication()
      if (isPair) note({ en: 'the cable between master and replica is cut', zh: '主从之间的连接断开' })
      await A.sells().answer
      await persisted()
      note({ en: 'the worker has put the order into Postgres', zh: '工作进程已把订单写入 Postgres' })
      const first = await standsAt(A, 'before its batch goes to Redis')
      await (isPair ? pair!.failOver() : servers[0]!.restartEmpty())
      if (isPair) note({ en: 'the master dies; the replica is the master now', zh: '主节点宕机，副本成为新的主节点' })
      else note({ en: 'Redis is killed, and starts empty', zh: 'Redis 被杀死，重启后是空的' })
      first.goOn()
      // Until the ledger is made anew from Postgres, everybody is refused.
      await Promise.all([first.answer, asksUntilSold(B, refusedAtMost)])
    },
  }
}

const refusedAtMost = 15

/** Buyers ask, one after the other, until one is not sent away. */
async function asksUntilSold(actor: Actor, asksMax: number): Promise<void> {
  for (let asks = 0; asks < asksMax; asks += 1) {
    if ((await actor.sells().answer) !== 'gave up') return
  }
}

async function standsAt(actor: Actor, point: Point): Promise<Sale> {
  const sale = actor.sells(point)
  await sale.reaches(point)
  return sale
}

function wake(actor: Actor, sale: Sale): void {
  actor.resume()
  sale.goOn()
}

/** Whether it came about in time. */
async function soon(event: Promise<unknown>, withinMs: number): Promise<boolean> {
  const timer = new AbortController()
  const late = sleep(withinMs, false, { signal: timer.signal }).catch(() => false)
  const came = event.then(
    () => true,
    () => false,
  )
  try {
    return await Promise.race([came, late])
  } finally {
    timer.abort()
  }
}
