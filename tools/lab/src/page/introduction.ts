import type { Text } from '@flash-sale/kit/text'

export const pageTitle: Text = { en: 'Locks worth trusting, and the usual ones', zh: '值得信任的锁，和常见的锁' }

export const lead: Text = {
  en: 'Every lock below guards the same ten units. Each one met the fault that it is known to fall for: real processes, real stores, stopped or killed exactly at a named point. What you see is one run.',
  zh: '下面每一种锁守的都是同样的十件货，每一种都遇上了它最怕的故障：真实的进程，真实的存储，在指定的位置被停住或杀死。你看到的是一次真实的运行。',
}

export const howToRead: readonly Text[] = [
  {
    en: 'Time runs down; the numbers are milliseconds. A, B and C are processes. A thick bar: this process takes itself for the holder of the lock. Red behind the bars: two do so at once.',
    zh: '时间从上往下，数字是毫秒。A、B、C 是三个进程。粗条：这个进程认为自己持有锁。粗条后面的红色：同时有两个持有者。',
  },
  {
    en: 'Hatched: the whole process is stopped. A cross: it is killed. An arrow (→) leads from a command to the reply of the store; ×68: asked so often in a row.',
    zh: '斜线：整个进程被停住。叉号：进程被杀死。箭头（→）后面是存储的应答；×68 表示连续问了这么多次。',
  },
]

export const howMade: readonly Text[] = [
  {
    en: 'A fault is certain, not likely: at a named point, marked in the code, the process reports that it is there and waits for the word of the schedule, which stops (SIGSTOP), kills (SIGKILL) or delays it there.',
    zh: '故障是必然的，不是碰运气：进程到了代码里标出的位置就报告，并等待调度的指示；调度就在那里把它停住（SIGSTOP）、杀死（SIGKILL）或拖住。',
  },
  {
    en: 'A checker that shares no code with the strategies judges from what buyers were told, what is left in the store and which orders are on record.',
    zh: '裁判程序与各种做法没有共用的代码，只根据买家得到的答复、存储里剩下的数量和留下的订单来裁决。',
  },
  {
    en: 'Leases are 400 ms where articles take 10 s. A clock that is ahead is the Date.now of that process, moved. A clock of a Redis that jumps is made by ending at once every expiry on that server, which is what the jump does. A master that restarts empty is killed and started with an empty folder. A replica lags because the cable to its master is cut.',
    zh: '文章里 10 秒的租约这里是 400 毫秒。“时钟快了”是移动了那个进程的 Date.now；“Redis 时钟跳变”是让那台服务器上所有过期时间立即到期，跳变的效果正是如此；“重启丢数据”是杀死后用空目录启动；“副本落后”是因为切断了它与主节点之间的连接。',
  },
  {
    en: 'Redlock is written out in its file, after the description on redis.io. All Redis servers sync every write to disk (appendfsync always). Orders a second: 16 buyers at a time over two processes, 0.4 s, the best of three rounds; compare the bars with each other, not with another machine.',
    zh: 'Redlock 按 redis.io 的描述写在它自己的文件里。所有 Redis 都是每次写入即落盘（appendfsync always）。每秒订单数：两个进程共 16 个买家，每轮 0.4 秒，取三轮中最好的一轮；请互相比较，不要与别的机器比较。',
  },
]

export const sections = {
  questions: { en: 'Three questions', zh: '三个问题' },
  field: { en: 'The whole field', zh: '全部做法' },
  speed: { en: 'Orders a second, without a fault', zh: '没有故障时每秒订单数' },
  reading: { en: 'How to read the timelines', zh: '怎么看时间线' },
  made: { en: 'How it was made', zh: '是怎么做的' },
  work: { en: 'The work that a lock has to guard', zh: '锁要保护的工作' },
  see: { en: 'See', zh: '参见' },
} satisfies Record<string, Text>

export const work: Text = {
  en: 'Most strategies below take their lock, call this, and release their lock. Between the two marked points lies everything that can go wrong.',
  zh: '下面大多数做法都是：加锁，调用这段代码，解锁。出问题的地方都在两个标记点之间。',
}
