import type { Story } from './story.ts'

export const safeWays: Readonly<Record<string, Story>> = {
  'watch-multi': {
    title: { en: 'WATCH, MULTI', zh: 'WATCH、MULTI' },
    sentences: [
      {
        en: 'Nobody waits for a lock: WATCH remembers the stock, and MULTI writes only if it has not changed since.',
        zh: '谁也不等锁：WATCH 记住库存，只有之后没人改过，MULTI 才会写入。',
      },
      {
        en: 'Stock and order are written together, so a process that dies or sleeps at any point does no harm. But both are in Redis alone: if it loses its data, they are gone.',
        zh: '库存和订单一起写入，所以进程在任何一点死掉或睡着都没有害处。但两者都只在 Redis 里：它丢了数据，就都没了。',
      },
      {
        en: 'It is safe and slow: of all who read the same number only one can write, and the others begin again.',
        zh: '它安全但慢：读到同一个数的人里只有一个能写成，其余的都得重来。',
      },
    ],
    mend: {
      en: 'For the speed: a Lua script does the same in one round trip, and nobody has to begin again. For the data: a copy elsewhere, as the last strategy has. Take care of lost connections, as this code does: nothing is watched on a new connection, so a client that reconnects by itself writes unguarded and oversells.',
      zh: '速度：用 Lua 脚本一次往返就能做完，谁也不用重来。数据：像最后一种做法那样，在别处再存一份。还要像这段代码一样处理断线：新连接上没有 WATCH，会自动重连的客户端将毫无保护地写入，导致超卖。',
    },
  },
  'postgres-update': {
    title: { en: 'Postgres: one UPDATE with a condition', zh: 'Postgres：一条带条件的 UPDATE' },
    sentences: [
      {
        en: 'One statement reads, checks and writes: UPDATE ... SET units = units - 1 WHERE units > 0, with the order recorded in the same statement.',
        zh: '一条语句完成读、检查和写：UPDATE ... SET units = units - 1 WHERE units > 0，并在同一条语句里记下订单。',
      },
      {
        en: 'There is nothing between reading and writing in which a process could die, sleep or be overtaken; Postgres itself lets one after the other touch the row.',
        zh: '读和写之间没有空隙，进程不可能在那里死掉、睡着或被人抢先；Postgres 自己让大家依次修改这一行。',
      },
      {
        en: 'No lock of ours and no second try: where the stock is one number in one database, this is the whole answer.',
        zh: '不用自己的锁，也不用重试：如果库存只是一个数据库里的一个数，答案就是这一条。',
      },
    ],
    mend: {
      en: 'All buyers queue at one row, and each commit is a write to the disk: that bounds the speed. A process that dies before it reads the answer does not know whether it sold; give each order a key.',
      zh: '所有买家都排在同一行上，每次提交都要写盘：速度就到此为止。进程在看到结果之前死掉，就不知道卖成没有；给每一单一个唯一键。',
    },
  },
  'postgres-version': {
    title: { en: 'Postgres: version column', zh: 'Postgres：版本号列' },
    sentences: [
      {
        en: 'The row carries a version, and the UPDATE asks for the version that was read.',
        zh: '行里有一个版本号，UPDATE 要求它还是刚才读到的那个。',
      },
      {
        en: 'A process that is late asks for a version that is gone, changes nothing, and begins again.',
        zh: '迟到的进程要的版本已经不在了，什么也改不了，只好重来。',
      },
      {
        en: 'The version is a fence: the store itself refuses a process that is late, and that is why no pause can hurt.',
        zh: '版本号就是栅栏号（fencing token）：由存储自己拒绝迟到者，所以怎么暂停都没事。',
      },
    ],
    mend: {
      en: 'Under contention most tries are wasted. One UPDATE with "WHERE units > 0" needs no version and no second try: see the row above.',
      zh: '竞争激烈时大多数尝试都白费。一条带“WHERE units > 0”的 UPDATE 既不要版本号，也不用重试：见上一行。',
    },
  },
  'postgres-for-update': {
    title: { en: 'Postgres: FOR UPDATE', zh: 'Postgres：FOR UPDATE' },
    sentences: [
      {
        en: 'The row is locked when it is read, and unlocked by the commit; everybody else waits.',
        zh: '读的时候锁住这一行，提交时解锁，其他人都等着。',
      },
      {
        en: 'A process that dies loses its connection, and Postgres undoes what was not committed; one that is paused keeps the row, and the others wait.',
        zh: '进程死了，连接断开，没提交的由 Postgres 撤销；进程被暂停，行还归它，别人等着。',
      },
      {
        en: 'The lock is in the same transaction as the write and has no time limit: a holder that has lost it has lost its connection, and cannot write any more.',
        zh: '锁和写入在同一个事务里，而且没有时限：丢了锁就是丢了连接，也就写不成了。',
      },
    ],
    mend: {
      en: 'A paused process stops the sale: bound it with idle_in_transaction_session_timeout. All buyers queue at one row.',
      zh: '被暂停的进程会让售卖停下：用 idle_in_transaction_session_timeout 限制。所有买家都排在同一行上。',
    },
  },
  'postgres-advisory': {
    title: { en: 'Postgres: advisory lock', zh: 'Postgres：咨询锁' },
    sentences: [
      {
        en: 'The lock is a number that belongs to a connection of Postgres, and not to a row.',
        zh: '锁是一个数字，属于 Postgres 的一条连接，而不属于某一行。',
      },
      {
        en: 'It has no time limit and ends with the connection: when the process dies, when Postgres ends the connection or restarts, when the network fails. A paused holder still holds it.',
        zh: '它没有时限，随连接一起结束：进程死了，Postgres 断开连接或重启，网络断了，都会结束。被暂停的持有者仍然持有它。',
      },
      {
        en: 'It is safe because the write uses the same connection: a holder that has lost the lock cannot write. The price is that others wait for a holder that sleeps.',
        zh: '它安全，是因为写入走的是同一条连接：丢了锁的持有者也写不成。代价是别人得等睡着的持有者。',
      },
    ],
    mend: {
      en: 'Write on the connection that holds the lock. Beware of connection poolers that hand one connection to many: the lock then belongs to whichever client comes next.',
      zh: '要在持有锁的那条连接上写。小心把一条连接分给多人用的连接池：那样锁就归下一个使用者了。',
    },
  },
  'zookeeper-late-fence': {
    title: { en: 'ZooKeeper, zxid as fence at the write alone', zh: 'ZooKeeper，只在写时用 zxid 作栅栏号' },
    sentences: [
      {
        en: 'The holder sends the number of its node (zxid) along with the write, and the stock remembers the largest that wrote.',
        zh: '持有者写入时带上自己节点的编号（zxid），库存记住写过的最大编号。',
      },
      {
        en: 'Here A reads and is paused; B, the next holder, reads the same stock; then A wakes up and writes before B does.',
        zh: '这里 A 读完后被暂停；下一个持有者 B 读到同样的库存；A 随后醒来，抢在 B 之前写入。',
      },
      {
        en: 'Nobody has written with the larger number yet, so the stock accepts A, and then B too: both sell the same unit.',
        zh: '还没有人用更大的编号写过，所以库存接受了 A，接着又接受了 B：两个人卖出了同一件。',
      },
    ],
    mend: {
      en: 'The number has to be registered when a holder reads what it will decide by: see the next strategy. Or the write also asks that the stock is still the one that was read.',
      zh: '持有者读取决策所依据的数据时，就要登记编号：见下一种做法。或者写入时还要求库存仍是读到的值。',
    },
  },
  'zookeeper-fenced': {
    title: { en: 'ZooKeeper, zxid as fence at the reading too', zh: 'ZooKeeper，读时就登记 zxid 栅栏号' },
    sentences: [
      {
        en: 'The holder sends the number of its node (zxid) along with the reading and the write, and the stock refuses a number smaller than the largest it has seen.',
        zh: '持有者读和写都带上自己节点的编号（zxid），库存拒绝比见过的最大编号更小的编号。',
      },
      {
        en: 'A is paused and B takes over as before; as soon as B has read, every write of A is refused, whichever of them writes first.',
        zh: 'A 照样被暂停，B 照样接管；B 一读，A 的写入就都会被拒绝，不论谁先写。',
      },
      {
        en: 'Two still hold the lock at once, and the stock stays right. But stock and orders are in Redis alone: if it loses its data, they are gone.',
        zh: '仍然有两个人同时持有锁，库存却是对的。但库存和订单都只在 Redis 里：它丢了数据，就都没了。',
      },
    ],
    mend: {
      en: 'If the store checks a number anyway, a simpler lock will do, or none: compare with WATCH and with the Postgres rows.',
      zh: '既然存储反正要检查编号，更简单的锁也够了，甚至不用锁：请与 WATCH 和 Postgres 各行比较。',
    },
  },
  'fenced-lease': {
    title: { en: 'Fenced lease (ours), fence checked in Postgres', zh: '带栅栏号的租约（本项目），由 Postgres 检查' },
    sentences: [
      {
        en: 'packages/lock gives a lease with a fair queue; the holder takes a fence with the reading of the row that it will write, and writes only if the fence is still its own.',
        zh: 'packages/lock 给出带公平排队的租约；持有者读要写的那一行时取得栅栏号（fencing token），只有它仍然有效才写。',
      },
      {
        en: 'A pause, a clock that jumps, a Redis that restarts empty, a stale replica that is promoted: a second holder appears each time, and Postgres refuses each write that comes too late.',
        zh: '进程暂停、时钟跳变、Redis 重启丢数据、陈旧的副本被提升：每次都会出现第二个持有者，而迟到的写入都被 Postgres 拒绝。',
      },
      {
        en: 'The lock saves work, and the fence keeps the stock right; neither has to do the task of the other.',
        zh: '锁用来省力气，栅栏号用来保证库存正确，各司其职。',
      },
    ],
    mend: {
      en: 'It costs round trips to two stores an order. Use it for rare work on an item (rebuild, restock), not for each order.',
      zh: '每单都要往返两个存储。适合偶尔的操作（重建、补货），不适合每一单。',
    },
  },
  'gate-batch-outbox': {
    title: { en: 'Gate, batch and outbox (ours)', zh: '闸门、批次与发件箱（本项目）' },
    sentences: [
      {
        en: 'No lock is taken for an order: one script judges a whole batch and writes stock, order and outbox entry in one step; a worker moves the outbox to Postgres.',
        zh: '下单不加锁：一个脚本裁决整批订单，一步写下库存、订单和发件箱；工作进程再把发件箱搬进 Postgres。',
      },
      {
        en: 'A process that dies before the script has taken nothing, and one that dies after it leaves its order in the outbox; a Redis that lost its data refuses to sell until it is rebuilt from Postgres, and the process that accepted an order offers it again if the worker had not stored it yet.',
        zh: '脚本之前死掉，什么也没拿；脚本之后死掉，订单已在发件箱里；丢了数据的 Redis 在从 Postgres 重建之前拒绝售卖；工作进程还没存下的订单，由接受它的进程重新提交。',
      },
      {
        en: 'The step is atomic and the batch shares its cost, so the safe way is also the fast one.',
        zh: '这一步是原子的，成本由整批分摊，所以安全的做法同时也是快的做法。',
      },
    ],
    mend: {
      en: 'Its limit, which the last trial shows: until the worker has stored an order, usually well under a second, the order is in Redis and in the memory of the process that accepted it. If both are lost in that moment, or a stale replica is promoted and that process is lost, the order is gone and its unit is sold again. The level "replicated" (WAIT for the replicas) survives the loss of the master; "Prefer: wait" makes one order wait for Postgres. See ARCHITECTURE.md and docs/operate.md.',
      zh: '它的极限，见最后一次试验：在工作进程存下订单之前（通常远不到一秒），订单只在 Redis 和接受它的进程的内存里。如果这一刻两者都丢了，或旧副本被提升而该进程也没了，订单就丢了，那一件会再卖一次。replicated 级别（用 WAIT 等副本）能扛住主节点丢失；Prefer: wait 让单笔订单等到存入 Postgres。见 ARCHITECTURE.md 和 docs/operate.md。',
    },
  },
}
