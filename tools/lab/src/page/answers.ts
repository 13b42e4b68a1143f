import type { Text } from '@flash-sale/kit/text'
import type { LabResults, RowResult } from '../run-lab.ts'
import { leaseMs } from '../run-trial.ts'
import { count, shortNumber } from '@flash-sale/kit/page-html'

export interface Answer {
  readonly question: Text
  readonly short: Text
  readonly sentences: readonly Text[]
  /** Strategies whose timelines show it. */
  readonly see: readonly string[]
}

/** Common questions, answered by the numbers and verdicts of this run. Strategies that did not run are left out. */
export function answersOf(results: LabResults): Answer[] {
  return [fasterThanSynchronized(results), isRedlockSafe(results), whyNoWatchdog(results)].filter(
    (answer) => answer !== undefined,
  )
}

function rowOf({ rows }: LabResults, id: string): RowResult | undefined {
  return rows.find((row) => row.id === id)
}

function fasterThanSynchronized(results: LabResults): Answer | undefined {
  const mutex = rowOf(results, 'in-process-mutex')?.load
  const lock = rowOf(results, 'token-script')?.load
  const gate = rowOf(results, 'gate-batch-outbox')?.load
  if (!mutex || !lock) return undefined
  const times = mutex.ordersPerSecond / lock.ordersPerSecond
  const isFaster = times < 1
  const sentences: Text[] = [
    {
      en: `For the same work the in-process mutex (of Node here, not of Java) sold ${count(mutex.ordersPerSecond)} orders a second (p99 ${shortNumber(mutex.p99Ms)} ms), the Redis lock with token and script ${count(lock.ordersPerSecond)} (p99 ${shortNumber(lock.p99Ms)} ms).`,
      zh: `同样的活，进程内互斥锁（这里是 Node，不是 Java）每秒卖出 ${count(mutex.ordersPerSecond)} 单（p99 ${shortNumber(mutex.p99Ms)} 毫秒），带令牌和脚本的 Redis 锁每秒 ${count(lock.ordersPerSecond)} 单（p99 ${shortNumber(lock.p99Ms)} 毫秒）。`,
    },
    {
      en: `The mutex needs ${shortNumber(mutex.requests.redis)} round trips an order, which is the work alone. The lock needed ${shortNumber(lock.requests.redis)}: the same work, one to take the lock, one to release it, and one for each try that failed. Redis syncs every write to disk here (appendfsync always): the mutex makes one synced write an order, the lock three.`,
      zh: `互斥锁每单 ${shortNumber(mutex.requests.redis)} 次往返，全是干活本身；Redis 锁每单 ${shortNumber(lock.requests.redis)} 次：同样的活，加锁一次，解锁一次，每次没抢到再加一次。这里 Redis 每次写入都落盘（appendfsync always）：互斥锁每单一次落盘写入，锁是三次。`,
    },
    {
      en: 'What a Redis lock gives is not speed: it reaches over several processes, where the mutex oversold.',
      zh: 'Redis 锁给的不是速度，而是能管到多个进程；互斥锁一遇到第二个进程就超卖了。',
    },
  ]
  if (gate) {
    sentences.push({
      en: `A shop that needs both speed and several processes takes no lock for an order: gate, batch and outbox accepted ${count(gate.ordersPerSecond)} orders a second (p99 ${shortNumber(gate.p99Ms)} ms) with ${shortNumber(gate.requests.redis)} round trips an order from several processes. These orders are on the disk of Redis; a worker stores them in Postgres afterwards.`,
      zh: `既要快又要多个进程，就别为每一单加锁：闸门、批次与发件箱在多个进程上每秒接受 ${count(gate.ordersPerSecond)} 单（p99 ${shortNumber(gate.p99Ms)} 毫秒），每单只有 ${shortNumber(gate.requests.redis)} 次往返。这些订单已落到 Redis 磁盘上，工作进程随后存入 Postgres。`,
    })
  }
  return {
    question: { en: 'Is a Redis lock faster than synchronized?', zh: 'Redis 锁比 synchronized 快吗？' },
    short: isFaster
      ? {
          en: `In this run it was ${shortNumber(1 / times)} times as fast.`,
          zh: `这一次运行里它是后者的 ${shortNumber(1 / times)} 倍。`,
        }
      : {
          en: `No. The mutex was ${shortNumber(times)} times as fast.`,
          zh: `不快。互斥锁的速度是它的 ${shortNumber(times)} 倍。`,
        },
    sentences,
    see: ['in-process-mutex', 'token-script', 'gate-batch-outbox'],
  }
}

function isRedlockSafe(results: LabResults): Answer | undefined {
  const redlock = rowOf(results, 'redlock')
  if (!redlock || redlock.trials.length === 0) return undefined
  const convicted = redlock.trials.filter(({ verdict }) => !verdict.isSafe)
  const fenced = rowOf(results, 'fenced-lease')
  const sentences: Text[] = [
    {
      en: `In ${convicted.length} of ${redlock.trials.length} trials it sold more than there was: ${listed(convicted.map(({ title, verdict, stock }) => `${title.en} (${verdict.sold} of ${stock})`))}.`,
      zh: `${redlock.trials.length} 次试验中有 ${convicted.length} 次超卖：${convicted.map(({ title, verdict, stock }) => `${title.zh}（${stock} 件卖了 ${verdict.sold} 件）`).join('；')}。`,
    },
    {
      en: 'Five masters protect against the loss of a master. They do not protect against a holder that is late, and a pause makes every holder late.',
      zh: '五个主节点防的是主节点丢失，防不住持有者迟到；而一次暂停就能让任何持有者迟到。',
    },
    {
      en: `It is a fair choice where a second holder only wastes work, and an expensive one${redlock.load ? `: ${shortNumber(redlock.load.requests.redis)} requests an order in this run, five of them at a time` : ''}.`,
      zh: `如果第二个持有者顶多浪费点力气，用它无妨，只是不便宜${redlock.load ? `：这次运行每单 ${shortNumber(redlock.load.requests.redis)} 个请求，每次并行五个` : ''}。`,
    },
  ]
  if (fenced && fenced.trials.length > 0 && fenced.trials.every(({ verdict }) => verdict.isSafe)) {
    sentences.push({
      en: `A fence that the store checks made the same pause harmless: the fenced lease sold exactly its stock in all ${fenced.trials.length} trials.`,
      zh: `由存储检查的栅栏号（fencing token）让同样的暂停变得无害：带栅栏号的租约在全部 ${fenced.trials.length} 次试验中都正好卖完库存。`,
    })
  }
  return {
    question: { en: 'Is Redlock safe?', zh: 'Redlock 安全吗？' },
    short:
      convicted.length > 0
        ? { en: 'Not for stock.', zh: '用来扣库存不安全。' }
        : { en: 'In this run it was.', zh: '这次运行里是的。' },
    sentences,
    see: ['redlock', 'fenced-lease'],
  }
}

function whyNoWatchdog(results: LabResults): Answer | undefined {
  const trial = rowOf(results, 'watchdog')?.trials[0]
  const marks = trial?.happenings.filter((happening) => happening.kind === 'mark') ?? []
  const paused = marks.find(({ mark }) => mark === 'paused')
  const resumed = marks.find(({ mark }) => mark === 'resumed')
  if (!trial || !paused || !resumed) return undefined
  const stoodMs = count(resumed.atMs - paused.atMs)
  return {
    question: { en: 'Does a watchdog make the lock safe?', zh: '看门狗能让锁变安全吗？' },
    short: trial.verdict.isSafe
      ? { en: 'In this run it did.', zh: '这次运行里是的。' }
      : { en: 'No. It stops together with its process.', zh: '不能。它和进程一起停。' },
    sentences: [
      {
        en: `The watchdog is a timer in the process that holds the lock. In this run the process stood still for ${stoodMs} ms, and its lease of ${leaseMs} ms ended.`,
        zh: `看门狗是持有锁的进程里的一个定时器。这次运行中进程停了 ${stoodMs} 毫秒，${leaseMs} 毫秒的租约到期了。`,
      },
      {
        en: 'The code does check whether the lock is still its own, right before the write. The pause came between that check and the write; when the process ran again, its write was already past the check: the watchdog heard that the lock was lost, and nobody asked it any more.',
        zh: '代码在写之前确实检查了锁还是不是自己的。暂停正好落在检查和写入之间；进程恢复时，写入已经越过了检查：看门狗得知锁已丢失，却没有人再去问它。',
      },
      {
        en: 'A watchdog helps when the work is slow. It cannot help when the process is: a long garbage collection, a suspended machine, a processor that is taken away.',
        zh: '活干得慢，看门狗有用；进程本身停了，它就没用：长时间的垃圾回收、挂起的虚拟机、被抢走的处理器。',
      },
    ],
    see: ['watchdog', 'fenced-lease'],
  }
}

function listed(things: readonly string[]): string {
  return things.length < 2 ? things.join('') : `${things.slice(0, -1).join('; ')}; and ${things.at(-1)}`
}
