import { points, type Point } from '../strategies/points.ts'
import type { Fault, Sale, Stage } from './stage.ts'
import { asksUntilSold, standsAt } from './staging.ts'

const third = 2

/** A has the locks of masters 1, 2 and 3: it cannot reach 4 and 5. With the locks of more masters it would keep its majority. */
async function holdsThreeMasters({ A, note }: Stage): Promise<Sale> {
  await A.cutMasters([3, 4])
  note({ en: 'A cannot reach masters 4 and 5', zh: 'A 连不上第 4、5 个主节点' })
  return standsAt(A, 'after it read the stock')
}

export const masterClockJumps: Fault = {
  id: "a master's clock jumps",
  kind: 'clock of Redis jumps',
  title: {
    en: "one master's clock jumps ahead, while the holder reached only three of five",
    zh: '持有者只连得上五个中的三个，其中一个主节点的时钟向前跳',
  },
  needs: 'five masters',
  async strike(stage) {
    const first = await holdsThreeMasters(stage)
    stage.note({ en: "master 3's clock jumps: its lock is over", zh: '第 3 个主节点时钟跳变：它上面的锁到期了' })
    await stage.servers[third]!.jumpClock()
    await asksUntilSold(stage.B, stage.asksMax)
    first.goOn()
    await first.answer
  },
}

export const masterRestartsEmpty: Fault = {
  id: 'a master restarts empty',
  kind: 'Redis loses its data',
  title: {
    en: 'one master restarts without its data, while the holder reached only three of five',
    zh: '持有者只连得上五个中的三个，其中一个主节点重启后数据丢失',
  },
  needs: 'five masters',
  async strike(stage) {
    const first = await holdsThreeMasters(stage)
    stage.note({ en: 'master 3 is killed, and starts empty', zh: '第 3 个主节点被杀死，重启后是空的' })
    await stage.servers[third]!.restartEmpty()
    await asksUntilSold(stage.B, stage.asksMax)
    first.goOn()
    await first.answer
  },
}

/** For a lock, or a shop, on one Redis. */
export const redisClockJumps: Fault = {
  id: 'the clock of Redis jumps',
  kind: 'clock of Redis jumps',
  title: { en: "the clock of the lock's Redis jumps ahead", zh: '锁所在的 Redis 时钟向前跳' },
  needs: 'one Redis',
  async strike({ A, B, servers, note, asksMax }) {
    const first = await standsAt(A, 'after it read the stock')
    note({ en: 'the clock of that Redis jumps: the lock is over', zh: '锁所在的 Redis 时钟跳变：锁到期了' })
    await servers[0]!.jumpClock()
    await asksUntilSold(B, asksMax)
    first.goOn()
    await first.answer
  },
}

export function redisRestartsEmpty(point: Point): Fault {
  return {
    id: 'Redis restarts empty',
    kind: 'Redis loses its data',
    title: { en: 'Redis restarts without its data', zh: 'Redis 重启后数据丢失' },
    needs: 'one Redis',
    async strike({ A, B, servers, note, asksMax }) {
      const first = await standsAt(A, point)
      note({ en: 'Redis is killed, and starts empty', zh: 'Redis 被杀死，重启后是空的' })
      await servers[0]!.restartEmpty()
      await asksUntilSold(B, asksMax)
      first.goOn()
      await first.answer
    },
  }
}

/** The replica lacks what the master wrote last. */
export const promotedBeforeCopied: Fault = {
  id: 'promoted before it was copied',
  kind: 'stale replica promoted',
  title: { en: 'promoted before the lock was copied', zh: '锁还没复制到副本，副本就被提升为主节点' },
  needs: 'a Redis with a replica',
  async strike({ A, B, pair, note, asksMax }) {
    await pair!.cutReplication()
    note({ en: 'the cable between master and replica is cut', zh: '主从之间的连接断开' })
    const first = await standsAt(A, 'after it read the stock')
    note({ en: 'the master dies; the replica is the master now', zh: '主节点宕机，副本成为新的主节点' })
    await pair!.failOver()
    await asksUntilSold(B, asksMax)
    first.goOn()
    await first.answer
  },
}

/** The clients may connect again at once, but nothing is watched on a new connection. */
export function connectionsEnd(point: Point): Fault {
  return {
    id: `connections end ${point}`,
    kind: 'connections end',
    title: { en: `its connection to Redis ends ${point}`, zh: `在“${points[point]}”与 Redis 的连接断开` },
    needs: 'one Redis',
    async strike({ A, B, servers, note, asksMax }) {
      const first = await standsAt(A, point)
      note({ en: 'Redis ends all connections', zh: 'Redis 断开所有连接' })
      await servers[0]!.endConnections()
      await asksUntilSold(B, asksMax)
      first.goOn()
      await first.answer
    },
  }
}

/** For a shop whose stock and orders are in that Redis alone. */
export const redisLosesTheStock: Fault = {
  id: 'Redis restarts empty',
  kind: 'Redis loses its data',
  title: {
    en: 'the Redis with stock and orders restarts without its data',
    zh: '存放库存和订单的 Redis 重启后数据丢失',
  },
  needs: 'one Redis',
  async strike({ A, B, servers, note }) {
    await A.sells().answer
    note({ en: 'Redis is killed, and starts empty', zh: 'Redis 被杀死，重启后是空的' })
    await servers[0]!.restartEmpty()
    await B.sells().answer
  },
}
