import type { Story } from './story.ts'

export const leases: Readonly<Record<string, Story>> = {
  'set-nx-px-del': {
    title: { en: 'SET NX PX, DEL by anyone', zh: 'SET NX PX，谁都能 DEL' },
    sentences: [
      {
        en: 'One command sets the lock with an expiry, so a holder that dies blocks nobody for long.',
        zh: '一条命令同时设置锁和过期时间，持有者死了也不会长期挡住别人。',
      },
      {
        en: 'Here the work of A takes longer than the lease (15 s of work in a lease of 10 s, in small): B gets the lock, and A deletes it.',
        zh: '这里 A 的活比租约还长（相当于 10 秒的租约干了 15 秒的活）：B 拿到了锁，A 却把它删了。',
      },
      {
        en: 'So C comes in beside B, and the mistake can pass on from holder to holder.',
        zh: '于是 C 和 B 同时进入，错误就可能这样一个接一个地传下去。',
      },
    ],
    mend: {
      en: 'An owner token keeps A from deleting what is not its own. It does not keep A from writing too late; a fence does (see Words).',
      zh: '持有者令牌能防止 A 删掉别人的锁，但防不住 A 写得太晚；栅栏号（fencing token，见“词汇”）可以。',
    },
  },
  'token-get-del': {
    title: { en: 'Owner token, GET then DEL', zh: '持有者令牌，先 GET 再 DEL' },
    sentences: [
      {
        en: 'The lock holds a random token, and its owner deletes it only if the token is its own.',
        zh: '锁里存一个随机令牌，只有令牌是自己的才删除。',
      },
      {
        en: 'Here A is paused after it found its own token; the lease ends, B takes the lock, and A deletes the lock of B.',
        zh: '这里 A 确认令牌是自己的之后被暂停；租约到期，B 拿到锁，A 醒来删掉了 B 的锁。',
      },
      {
        en: 'GET and DEL are two commands, and between two commands anything can happen.',
        zh: 'GET 和 DEL 是两条命令，两条命令之间什么都可能发生。',
      },
    ],
    mend: { en: 'Compare and delete in one script.', zh: '用一个脚本完成比较和删除。' },
  },
  'token-script': {
    title: { en: 'Owner token, compare-and-delete script', zh: '持有者令牌，用脚本比较并删除' },
    sentences: [
      {
        en: 'This is the lock that most articles end with: one command to take it, one script to release it.',
        zh: '这是大多数文章最后给出的锁：一条命令加锁，一个脚本解锁。',
      },
      {
        en: 'Here A is paused after it read the stock; the lease ends, B sells, and A wakes up and writes what it had read before.',
        zh: '这里 A 读完库存后被暂停；租约到期，B 卖出一件，A 醒来把旧值写了回去。',
      },
      {
        en: 'The release is right, but the write is late, and Redis cannot know that.',
        zh: '释放锁没有错，错的是写得太晚，而 Redis 无从知道。',
      },
    ],
    mend: {
      en: 'The store that is written to must refuse a holder that is late: with a fence (see Words), or because the write itself has a condition, as the Postgres rows have.',
      zh: '被写入的存储必须拒绝迟到的持有者：用栅栏号（fencing token，见“词汇”），或者像 Postgres 各行那样让写入自带条件。',
    },
  },
  watchdog: {
    title: { en: 'Owner token, script and watchdog', zh: '持有者令牌、脚本，再加看门狗续期' },
    sentences: [
      {
        en: 'A timer in the process extends the lease again and again, so that long work does not outlast it; if Redis says that the lock is lost, the work stops before it writes.',
        zh: '进程里的一个定时器不断给租约续期，活再长也不会超过租约；如果 Redis 说锁已丢失，就在写之前停手。',
      },
      {
        en: 'Here the whole process is stopped right after that last check, as a long garbage collection or a frozen machine does, and the watchdog stops with it.',
        zh: '这里整个进程在最后一次检查之后被停住（长时间的垃圾回收、虚拟机冻结也是这样），看门狗也一起停了。',
      },
      {
        en: 'The lease ends, B sells, and A wakes up and writes what it had read before: the watchdog hears that the lock is lost only when the write is on its way.',
        zh: '租约到期，B 卖出一件，A 醒来写回旧值：等看门狗得知锁已丢失，写入已经发出了。',
      },
    ],
    mend: {
      en: 'No timer and no check in the process can help, since the process itself is late. The store has to check: a fence (see Words), or a write with a condition.',
      zh: '进程里的任何定时器和检查都帮不上忙，因为迟到的正是进程自己。必须由存储来检查：栅栏号（fencing token，见“词汇”），或带条件的写入。',
    },
  },
  redlock: {
    title: { en: 'Redlock over five masters', zh: 'Redlock，五个主节点' },
    sentences: [
      {
        en: 'The lock is taken on five masters that know nothing of each other; three of them are enough.',
        zh: '在五个互相独立的主节点上加锁，拿到三个就算成功。',
      },
      {
        en: 'Here the holder is paused. In two more trials A reaches only three of the five masters, a bare majority, and then one of these three jumps its clock, or restarts without its data. Each time B gets a majority while A is at work.',
        zh: '这里持有者被暂停。另外两次试验中，A 只连得上五个主节点中的三个，刚好过半，随后这三个中有一个时钟跳变，或重启丢了数据。每一次，A 还在干活，B 就拿到了多数票。',
      },
      {
        en: 'A pause needs nothing else to break it. The other two faults need a holder with a bare majority; one that had all five would have kept its lock.',
        zh: '单是一次暂停就足以打破它。另外两种故障还需要持有者只拿到刚好过半的票；五个都拿到的话，锁就保住了。',
      },
    ],
    mend: {
      en: 'A master that restarts should stay away for a whole lease, as the description of Redlock asks: that fixes the third fault, and neither of the others. Use it where two holders only waste work. For stock, let the store check a fence; then one Redis is enough.',
      zh: '按 Redlock 的说明，重启的主节点应当在一个完整租约时长内不参与投票：这能补上第三种故障，补不上另外两种。只有在“两个持有者顶多浪费点力气”的场合才用它。扣库存请让存储检查栅栏号，那样一个 Redis 就够了。',
    },
  },
  'replicated-lock': {
    title: { en: 'Lock on a master with a replica', zh: '锁在带副本的主节点上' },
    sentences: [
      {
        en: 'The lock is on a master, and a replica stands by in case the master dies.',
        zh: '锁在主节点上，另有一个副本随时准备接替。',
      },
      {
        en: 'Here the master dies before it has copied the lock, and the replica becomes the master without it.',
        zh: '这里主节点还没来得及复制这把锁就宕机了，副本成了新的主节点，上面却没有锁。',
      },
      {
        en: 'Redis copies after it has answered, so every failover can forget what was written last.',
        zh: 'Redis 先应答后复制，所以每次主从切换都可能忘掉最后写入的内容。',
      },
    ],
    mend: {
      en: 'WAIT makes it rarer and slower. A fence from the store that is written to makes it harmless.',
      zh: 'WAIT 能让它少发生一些，也慢一些。栅栏号取自被写入的存储，才能让它无害。',
    },
  },
  zookeeper: {
    title: { en: 'ZooKeeper: ephemeral sequential node', zh: 'ZooKeeper：临时顺序节点' },
    sentences: [
      {
        en: 'Each process makes a numbered node that goes with its session; the lowest number holds the lock.',
        zh: '每个进程创建一个随会话消失的编号节点，编号最小者持有锁。',
      },
      {
        en: 'Here A is paused, so ZooKeeper ends its session and removes its node; B holds the lock and sells, and A wakes up and writes.',
        zh: '这里 A 被暂停，ZooKeeper 结束了它的会话并删除它的节点；B 拿到锁并卖出，A 醒来又写了一次。',
      },
      {
        en: 'A session is a lease by another name: the servers agree perfectly, and the holder is late all the same.',
        zh: '会话就是换了名字的租约：服务器之间再一致，持有者照样会迟到。',
      },
    ],
    mend: {
      en: 'ZooKeeper gives every node a number that only grows (zxid). Let the store check it, and not at the write alone: see the next two strategies.',
      zh: 'ZooKeeper 给每个节点一个只增不减的编号（zxid）。让存储检查它，而且不能只在写的时候检查：见下面两种做法。',
    },
  },
}
