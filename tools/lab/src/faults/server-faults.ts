import type { Point } from '../strategies/points.ts'
import type { Fault, Sale, Stage } from './stage.ts'
import { asksUntilSold, standsAt } from './staging.ts'

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

/** For the product: persisted orders must count, whatever the new Redis has. */
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
      // Everybody is refused until the ledger is rebuilt from Postgres.
      await Promise.all([first.answer, asksUntilSold(B, refusedAtMost)])
    },
  }
}

const refusedAtMost = 15
