import type { Text } from '@flash-sale/kit/text'

export const pageTitle: Text = { en: 'Locks worth trusting, and the usual ones', zh: '值得信任的锁，和常见的锁' }

export const lead: Text = {
  en: 'A shop has ten units and several processes that sell them. Every strategy below guards the same ten units, most of them with a lock. Each one met the faults that are aimed at it: real processes, real stores, stopped or killed exactly at a named point. What you see is one run.',
  zh: '一家店有十件货，由几个进程一起卖。下面每一种做法保护的都是同样的 10 件库存，多数用的是锁。每一种都遇上了针对它的故障：真实的进程，真实的存储，在指定的位置被停住或杀死。你看到的是一次真实的运行。',
}

/** What "ours" is, and how to run it. */
export const project: Text = {
  en: '"Ours" is Flash Sale, the open-source project that this page belongs to: a shop that sells limited stock to many buyers at once. In its repository, "npx pnpm lab" runs all of this and writes this page; "npx pnpm demo" starts the shop.',
  zh: '“本项目”是这个页面所属的开源项目 Flash Sale（秒杀）：把限量库存同时卖给大量买家的商店。在它的仓库里，npx pnpm lab 会运行这里的全部试验并写出本页，npx pnpm demo 启动商店。',
}

export const glossary: readonly { readonly term: Text; readonly meaning: Text }[] = [
  {
    term: { en: 'lease', zh: '租约' },
    meaning: {
      en: 'a lock that ends by itself after a time, so that a dead holder does not block everybody. A session of ZooKeeper is one too.',
      zh: '到时间会自己结束的锁，持有者死了也不会一直挡住别人。ZooKeeper 的会话也是一种租约。',
    },
  },
  {
    term: { en: 'fence', zh: '栅栏号（fencing token）' },
    meaning: {
      en: "a number that grows with each holder. A gets 1, is paused, and loses its lease; B gets 2 and reads the stock with it. When A writes with 1, the store has seen 2 and refuses. ZooKeeper can use a node's zxid: the number of the change that made it.",
      zh: '每换一个持有者就增大的数字。A 拿到 1，被暂停，租约到期；B 拿到 2，并带着它读库存。A 再带着 1 来写时，存储已见过 2，于是拒绝。ZooKeeper 可以用节点的 zxid，即创建该节点的那次变更的编号。',
    },
  },
  {
    term: { en: 'gate', zh: '闸门（gate）' },
    meaning: {
      en: 'the script in Redis that an order has to pass; it refuses while a rare operation holds the item. It needs no lock of its own.',
      zh: '下单必经的 Redis 脚本；偶尔有操作占用商品时它会拒绝。它自己不需要锁。',
    },
  },
  {
    term: { en: 'outbox, doorbell', zh: '发件箱（outbox）、门铃（doorbell）' },
    meaning: {
      en: 'accepted orders wait in the outbox, next to the stock, until a worker has stored them in Postgres; the doorbell only tells the worker to come sooner.',
      zh: '已接受的订单与库存一起放在发件箱里，等工作进程存入 Postgres；门铃只是让它早点来。',
    },
  },
  {
    term: { en: 'epoch', zh: '纪元（epoch）' },
    meaning: {
      en: 'which making of the stock in Redis this is. After a rebuild it is one more, and orders for the old one are refused.',
      zh: 'Redis 里的库存是第几次建立的。重建后加一，针对旧纪元的订单会被拒绝。',
    },
  },
  {
    term: { en: 'WAIT', zh: 'WAIT' },
    meaning: {
      en: 'a Redis command that waits until replicas have copied what was written.',
      zh: 'Redis 命令：等副本复制完刚写入的内容。',
    },
  },
]

export const howToRead: readonly Text[] = [
  {
    en: 'Time runs down; the numbers are milliseconds. A, B and C are processes. A thick bar: this process takes itself for the holder of the lock; pale: it is releasing it. Red behind the bars: two take themselves for the holder at once.',
    zh: '时间从上往下，数字是毫秒。A、B、C 是三个进程。粗条：这个进程认为自己持有锁；浅色：它正在释放。粗条后面的红色：同时有两个进程认为自己持有锁。',
  },
  {
    en: 'Hatched: the whole process is stopped. A cross: it is killed. An arrow (→) leads from a command to the reply of the store, and the time is that of the reply. ×68: this line came 68 times in a row; a few lines below each other with the same number came in turns. A number in a circle is the point of the code with the same number.',
    zh: '斜线：整个进程被停住。叉号：进程被杀死。箭头（→）后面是存储的应答，这一行的时间就是应答到达的时间。×68 表示这一行连续出现 68 次；上下几行数字相同，表示它们轮流出现。圆圈里的数字对应代码里同一数字的位置。',
  },
]

export const howMade: readonly Text[] = [
  {
    en: 'A fault is certain, not likely: at a named point, marked in the code, the process reports that it is there and waits for the lab, which stops (SIGSTOP), kills (SIGKILL) or delays it there.',
    zh: '故障是必然的，不是碰运气：进程到了代码里标出的位置就报告，并等待实验程序的指示；实验程序就在那里把它停住（SIGSTOP）、杀死（SIGKILL）或拖住。',
  },
  {
    en: 'A checker that shares no code with the strategies judges from what buyers were told, what is left in the store and which orders are on record.',
    zh: '裁判程序与各种做法没有共用的代码，只根据买家得到的答复、存储里剩下的数量和留下的订单来裁决。',
  },
  {
    en: 'Leases are 400 ms where articles take 10 s. A clock that is ahead is the Date.now of that process, moved. A clock of a Redis that jumps is made by ending at once every expiry on that server, which is what the jump does. A master that restarts empty is killed and started with an empty folder. A replica lags because the cable to its master is cut. The holder of a Redlock that reached only three masters is cut off from the other two.',
    zh: '文章里 10 秒的租约这里是 400 毫秒。“时钟快了”是移动了那个进程的 Date.now；“Redis 时钟跳变”是让那台服务器上所有过期时间立即到期，跳变的效果正是如此；“重启丢数据”是杀死后用空目录启动；“副本落后”是因为切断了它与主节点之间的连接；“只连得上三个主节点”是切断了持有者与另外两个的连接。',
  },
  {
    en: 'Redlock is written out in its file, after the description on redis.io. All Redis servers sync every write to disk (appendfsync always). Orders a second: 16 buyers at a time over two processes, 0.4 s, the best of three rounds; compare the bars with each other, not with another machine.',
    zh: 'Redlock 按 redis.io 的描述写在它自己的文件里。所有 Redis 都是每次写入即落盘（appendfsync always）。每秒订单数：两个进程共 16 个买家，每轮 0.4 秒，取三轮中最好的一轮；请互相比较，不要与别的机器比较。',
  },
]

export const speedNote: Text = {
  en: 'Green: safe, or safe but for one fault: the table of faults says which. Red: unsafe. Not all do the same work: the locks only change a number in Redis and record no order; WATCH, the fenced ZooKeeper and the Postgres rows record the order too; gate, batch and outbox counts orders that are accepted and on the disk of Redis, and a worker stores them in Postgres afterwards.',
  zh: '绿色：安全，或只怕一种故障，见故障表。红色：不安全。各做法干的活并不一样：各种锁只改 Redis 里的一个数字，不记订单；WATCH、带栅栏号的 ZooKeeper 和 Postgres 各行还记下订单；“闸门、批次与发件箱”数的是已接受且已落到 Redis 磁盘上的订单，工作进程随后才存入 Postgres。',
}

export const sections = {
  questions: { en: 'Three questions', zh: '三个问题' },
  words: { en: 'Words', zh: '词汇' },
  field: { en: 'The whole field', zh: '全部做法' },
  faults: { en: 'Which strategy survives which fault', zh: '哪种做法扛得住哪种故障' },
  speed: { en: 'Orders a second, without a fault', zh: '没有故障时每秒订单数' },
  reading: { en: 'How to read the timelines', zh: '怎么看时间线' },
  made: { en: 'How it was made', zh: '是怎么做的' },
  work: { en: 'The work that a lock has to guard', zh: '锁要保护的工作' },
  see: { en: 'See: ', zh: '参见：' },
} satisfies Record<string, Text>

export const work: Text = {
  en: 'Most strategies below take their lock, call this, and release their lock. Between the two marked points lies everything that can go wrong.',
  zh: '下面大多数做法都是：加锁，调用这段代码，解锁。出问题的地方都在两个标记点之间。',
}
