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
        en: 'Stock and order are written together, so a process that dies or sleeps at any point does no harm.',
        zh: '库存和订单一起写入，所以进程在任何一点死掉或睡着都没有害处。',
      },
      {
        en: 'It is safe and slow: of all who read the same number only one can write, and the others begin again.',
        zh: '它安全但慢：读到同一个数的人里只有一个能写成，其余的都得重来。',
      },
    ],
    mend: {
      en: 'Nothing to mend but the speed: a Lua script does the same in one round trip, and nobody has to begin again.',
      zh: '要改进的只有速度：用 Lua 脚本一次往返就能做完，谁也不用重来。',
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
        en: 'The version is a fence: the store itself refuses whoever is late, and that is why no pause can hurt.',
        zh: '版本号就是栅栏号：由存储自己拒绝迟到者，所以怎么暂停都没事。',
      },
    ],
    mend: {
      en: 'Under contention most tries are in vain. One UPDATE with "WHERE units > 0" needs no version and no second try.',
      zh: '竞争激烈时大多数尝试都白费。一条带“WHERE units > 0”的 UPDATE 既不要版本号，也不用重试。',
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
        en: 'The lock is in the same store as the stock and has no time limit, so nobody can hold it and be late.',
        zh: '锁和库存在同一个存储里，而且没有时限，所以不会有人“持有锁却迟到了”。',
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
        en: 'It ends with the connection and with nothing else, so a paused holder still holds it, and a dead one does not.',
        zh: '它只随连接结束，所以被暂停的持有者仍然持有它，死掉的就不再持有。',
      },
      {
        en: 'A lock without a clock cannot run out at the wrong moment; the price is that others wait for the one that sleeps.',
        zh: '没有时钟的锁不会在错误的时刻到期；代价是别人得等那个睡着的。',
      },
    ],
    mend: {
      en: 'Beware of connection poolers that hand one connection to many: the lock then belongs to whoever comes next.',
      zh: '小心把一条连接分给多人用的连接池：那样锁就归下一个使用者了。',
    },
  },
  'zookeeper-fenced': {
    title: { en: 'ZooKeeper, zxid as fence', zh: 'ZooKeeper，用 zxid 作栅栏号' },
    sentences: [
      {
        en: 'The holder sends the number of its node (zxid) along with the write, and the stock remembers the largest it has seen.',
        zh: '持有者写入时带上自己节点的编号（zxid），库存记住见过的最大编号。',
      },
      {
        en: 'A is paused and B takes over as before; but when A wakes up and writes with its smaller number, the stock refuses it.',
        zh: 'A 照样被暂停，B 照样接管；但 A 醒来用较小的编号去写时，被库存拒绝了。',
      },
      {
        en: 'Two still hold the lock at once, and it does not matter any more.',
        zh: '仍然有两个人同时持有锁，只是这已经无关紧要。',
      },
    ],
    mend: {
      en: 'Nothing: this is how a lock with a time limit has to be used. If the store checks a number anyway, a simpler lock will do.',
      zh: '无需改进：有时限的锁就该这样用。既然存储反正要检查编号，更简单的锁也够了。',
    },
  },
  'fenced-lease': {
    title: { en: 'Fenced lease (ours), fence checked in Postgres', zh: '带栅栏号的租约（本项目），由 Postgres 检查' },
    sentences: [
      {
        en: 'packages/lock gives a lease with a fair queue; the holder takes a fence from the row that it will write, and writes only if the fence is still its own.',
        zh: 'packages/lock 给出带公平排队的租约；持有者从要写的那一行取得栅栏号，只有它仍然有效才写。',
      },
      {
        en: 'A pause, a clock that jumps, a Redis that restarts empty, a stale replica that is promoted: a second holder appears each time, and Postgres refuses the late one.',
        zh: '进程暂停、时钟跳变、Redis 重启丢数据、陈旧的副本被提升：每次都会出现第二个持有者，而 Postgres 拒绝了迟到的那个。',
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
        en: 'A process that dies before the script has taken nothing, and one that dies after it leaves its order in the outbox; a Redis that lost its data refuses to sell until it is rebuilt from Postgres.',
        zh: '脚本之前死掉，什么也没拿；脚本之后死掉，订单已在发件箱里；丢了数据的 Redis 在从 Postgres 重建之前拒绝售卖。',
      },
      {
        en: 'The step is atomic and the batch shares its cost, so the safe way is also the fast one.',
        zh: '这一步是原子的，成本由整批分摊，所以安全的做法同时也是快的做法。',
      },
    ],
    mend: {
      en: 'An order that is accepted and not yet in Postgres lives in Redis alone: if its disk is lost in that moment, so is the order. The acknowledgement levels in ARCHITECTURE.md say what each setting survives.',
      zh: '已接受但还没进 Postgres 的订单只在 Redis 里：那一刻磁盘丢了，订单也就丢了。各确认级别能扛住什么，见 ARCHITECTURE.md。',
    },
  },
}
