import type { Story } from './story.ts'

export const simpleLocks: Readonly<Record<string, Story>> = {
  'no-lock': {
    title: { en: 'No lock: read, then write', zh: '不加锁：先读，再写' },
    sentences: [
      {
        en: 'The process reads how many units are left, and writes one less.',
        zh: '进程读出剩余件数，再写回减一后的值。',
      },
      {
        en: 'Here A and B both read 10 and both write 9, so two buyers get the same unit.',
        zh: '这里 A 和 B 都读到 10，又都写回 9，于是同一件卖给了两个人。',
      },
      {
        en: 'It needs no fault at all: under load this happens by itself, since reading and writing are two steps.',
        zh: '不需要任何故障：读和写是两步，只要有并发就会发生。',
      },
    ],
    mend: {
      en: 'Make it one step. Redis can decrement in one script, Postgres in one UPDATE with a condition (see that row).',
      zh: '把它变成一步：Redis 用一个脚本扣减，Postgres 用一条带条件的 UPDATE（见该行）。',
    },
  },
  'in-process-mutex': {
    title: { en: 'In-process mutex (synchronized)', zh: '进程内互斥锁（synchronized）' },
    sentences: [
      {
        en: 'Within one process only one sale at a time reads and writes the stock.',
        zh: '在一个进程里，同一时刻只有一次售卖在读写库存。',
      },
      {
        en: 'Here a second process has a mutex of its own, so both are inside at once and sell the same unit.',
        zh: '这里第二个进程有它自己的互斥锁，于是两个进程同时进入，卖出了同一件。',
      },
      {
        en: 'The mutex is correct and fast, but it ends where its process ends.',
        zh: '互斥锁本身正确而且很快，只是它的作用范围只到本进程为止。',
      },
    ],
    mend: {
      en: 'Keep it if there is one process for ever. Otherwise the thing that all processes share, the store, must decide.',
      zh: '如果永远只有一个进程，可以用它。否则必须由所有进程共用的存储来裁决。',
    },
  },
  'setnx-del': {
    title: { en: 'SETNX, DEL', zh: 'SETNX 加锁，DEL 解锁' },
    sentences: [
      {
        en: 'SETNX writes the lock only if it is not there; DEL removes it after the work.',
        zh: 'SETNX 只在锁不存在时写入，做完后用 DEL 删除。',
      },
      {
        en: 'Here the holder is killed, and nobody is left who would delete the lock.',
        zh: '这里持有者被杀死，再也没有人来删除这把锁。',
      },
      {
        en: 'All other buyers time out, with all units still on the shelf.',
        zh: '其余买家全都等待超时，而货还一件不少地摆在那里。',
      },
    ],
    mend: {
      en: 'The lock must end by itself when its holder dies: it needs an expiry.',
      zh: '持有者死了，锁必须能自己消失：要有过期时间。',
    },
  },
  'setnx-expire': {
    title: { en: 'SETNX, then EXPIRE', zh: '先 SETNX，再 EXPIRE' },
    sentences: [
      {
        en: 'The lock gets an expiry, but in a second command.',
        zh: '锁有了过期时间，但那是第二条命令。',
      },
      {
        en: 'Here the process is killed between the two commands, so the lock has no expiry after all.',
        zh: '这里进程在两条命令之间被杀死，锁最终还是没有过期时间。',
      },
      {
        en: 'The gap is short, so it happens rarely; then the sale is stuck until a person deletes the key.',
        zh: '这个空隙很短，所以很少发生；一旦发生，就要等人来手工删除这个键。',
      },
    ],
    mend: {
      en: 'One command does both: SET lock token NX PX 10000.',
      zh: '一条命令就能做完两件事：SET lock token NX PX 10000。',
    },
  },
  'setnx-timestamp': {
    title: { en: 'SETNX with a timestamp', zh: 'SETNX 加时间戳' },
    sentences: [
      {
        en: 'The value of the lock says when it ends; a process that finds it old deletes it and sets it anew.',
        zh: '锁的值写明何时到期；谁发现它过期了，就删除它再重新设置。',
      },
      {
        en: 'Here A died with the lock, and B and C both find it old: B deletes it and takes it, then C deletes the lock of B and takes it too.',
        zh: '这里 A 拿着锁死了，B 和 C 都发现它过期：B 删除后拿到锁，C 随后又删除了 B 的锁，也拿到了锁。',
      },
      {
        en: 'Looking and deleting are two steps, so what C deletes is not what C looked at.',
        zh: '查看和删除是两步，C 删掉的已经不是它看到的那把锁。',
      },
    ],
    mend: {
      en: 'Take over in one step (GETSET, or a script), or let Redis end the lock by itself with PX.',
      zh: '用一步完成接管（GETSET 或脚本），或者用 PX 让 Redis 自己结束这把锁。',
    },
  },
  'setnx-getset': {
    title: { en: 'SETNX with a timestamp, GETSET takeover', zh: 'SETNX 加时间戳，GETSET 接管' },
    sentences: [
      {
        en: 'GETSET swaps the value and returns the old one, so only one process can take over an old lock. A process that comes second has still overwritten the winner’s time with its own, a little later one.',
        zh: 'GETSET 写入新值并返回旧值，所以过期的锁只会被一个进程接管。没抢到的进程也已把赢家的到期时间改成了自己的（稍晚一点）。',
      },
      {
        en: "Here B's clock is ahead, and by that clock a fresh lock of A is already old.",
        zh: '这里 B 的时钟快了，在 B 看来 A 刚拿到的锁早已过期。',
      },
      {
        en: 'The lock is only as good as the agreement of all clocks, which no network guarantees.',
        zh: '这把锁好不好，取决于所有机器的时钟是否一致，而没有哪个网络能保证这一点。',
      },
    ],
    mend: {
      en: 'Let one clock decide: the one of Redis, with SET NX PX.',
      zh: '只让一个时钟说了算：用 SET NX PX，由 Redis 自己计时。',
    },
  },
  'setnx-getset-compare': {
    title: { en: 'GETSET takeover, released after comparing the time', zh: 'GETSET 接管，先比较时间再释放' },
    sentences: [
      {
        en: 'Before it deletes the lock, the process checks that its own time is not over.',
        zh: '删除锁之前，进程先检查自己的时间还没到。',
      },
      {
        en: 'Here A is paused after that check; B takes over the lock, and A then deletes the lock of B.',
        zh: '这里 A 检查完之后被暂停；B 接管了锁，A 醒来后删掉的是 B 的锁。',
      },
      {
        en: 'C comes in while B is still at work, and both sell the same unit.',
        zh: 'B 还在干活，C 就进来了，两个人卖出了同一件。',
      },
    ],
    mend: {
      en: 'Compare an owner token, and compare and delete in one script.',
      zh: '比较持有者的令牌，并且把比较和删除放进同一个脚本。',
    },
  },
  'lua-then-queue': {
    title: { en: 'One Lua decrement, then queue.add', zh: '一次 Lua 扣减，再 queue.add' },
    sentences: [
      {
        en: 'A script takes the unit in one step, so nothing is ever sold twice; then the order goes into a queue.',
        zh: '脚本一步扣减，绝不会超卖；然后把订单放进队列。',
      },
      {
        en: 'Here the process is killed between the two: the unit has left the stock, and its order is nowhere.',
        zh: '这里进程在两步之间被杀死：库存已经扣了，订单却哪儿都没有。',
      },
      {
        en: 'The last buyer is told "sold out" while one unit belongs to nobody.',
        zh: '最后的买家被告知“已售罄”，却有一件货不属于任何人。',
      },
    ],
    mend: {
      en: 'Write the order in the same step that takes the unit: an outbox in the same script. See the last strategy.',
      zh: '在扣减的同一步里写下订单：同一个脚本里的发件箱（outbox）。见最后一种做法。',
    },
  },
}
