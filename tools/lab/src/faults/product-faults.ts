import type { Fault, Stage } from './stage.ts'
import { asksUntilSold, standsAt } from './staging.ts'

/*
 * Redis loses what the product had accepted, at the worst moment: the worker has not stored the order in Postgres yet.
 */

/** The ledger refuses buyers until it is rebuilt from Postgres. */
const refusedAtMost = 15

/** One order is in Postgres, and the next one in Redis alone: the worker is stopped. */
async function acceptsWhileTheWorkerStands({ A, worker, persisted, note }: Stage): Promise<void> {
  await A.sells().answer
  await persisted()
  note({ en: 'the worker has stored that order in Postgres', zh: '工作进程已把这一单存入 Postgres' })
  note({ en: 'the worker is stopped (SIGSTOP)', zh: '工作进程被停住（SIGSTOP）' })
  worker!.pause()
  await A.sells().answer
  note({ en: 'this order is in Redis alone', zh: '这一单只在 Redis 里' })
}

async function losesRedis({ pair, servers, worker, note }: Stage): Promise<void> {
  if (pair) note({ en: 'the master dies; the replica is the master now', zh: '主节点宕机，副本成为新的主节点' })
  else note({ en: 'Redis is killed, and starts empty', zh: 'Redis 被杀死，重启后是空的' })
  await (pair ? pair.failOver() : servers[0]!.restartEmpty())
  note({ en: 'the worker runs again, and rebuilds the ledger', zh: '工作进程恢复运行，重建账本' })
  worker!.resume()
}

/** The process that accepted the order lives, and offers it to the new ledger. */
export function productLosesRedis(needs: 'one Redis' | 'a Redis with a replica'): Fault {
  const isPair = needs === 'a Redis with a replica'
  return {
    id: isPair ? 'promoted before it was copied' : 'Redis restarts empty',
    kind: isPair ? 'stale replica promoted' : 'Redis loses its data',
    title: isPair
      ? {
          en: 'a replica that lacks the last order is promoted, before the worker stored that order',
          zh: '工作进程存下最后一单之前，缺少这一单的副本被提升为主节点',
        }
      : {
          en: 'Redis restarts without its data, before the worker stored the last order',
          zh: '工作进程存下最后一单之前，Redis 重启后数据丢失',
        },
    needs,
    async strike(stage) {
      const { A, B, pair, persisted, note } = stage
      await pair?.cutReplication()
      if (isPair) note({ en: 'the cable between master and replica is cut', zh: '主从之间的连接断开' })
      await acceptsWhileTheWorkerStands(stage)
      const first = await standsAt(A, 'before its batch goes to Redis')
      await losesRedis(stage)
      await persisted()
      note({
        en: 'A offered again what it had accepted, and the worker stored it',
        zh: 'A 把自己接受过的订单重新提交，工作进程已存入',
      })
      first.goOn()
      await Promise.all([first.answer, asksUntilSold(B, refusedAtMost)])
    },
  }
}

/** Nobody is left with the order. */
export const productLosesRedisAndSeller: Fault = {
  id: 'Redis restarts empty, and the seller is killed',
  kind: 'Redis and a seller lost',
  title: {
    en: 'Redis loses its data and the process that accepted the order dies, before the worker stored it',
    zh: '工作进程存下订单之前，Redis 数据丢失，接受订单的进程也死了',
  },
  needs: 'one Redis',
  async strike(stage) {
    await acceptsWhileTheWorkerStands(stage)
    await stage.A.kill()
    await losesRedis(stage)
    await asksUntilSold(stage.B, refusedAtMost)
  },
}
