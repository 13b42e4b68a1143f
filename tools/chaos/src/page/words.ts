import { count } from '@flash-sale/kit/page-html'
import type { Text } from '@flash-sale/kit/text'
import { mayLose, type Fault } from '../faults/fault.ts'
import type { TableRow } from '../results/table.ts'

export const pageTitle: Text = { en: 'Chaos: faults at named points', zh: '混沌测试：在指定位置注入故障' }

export const lead: Text = {
  en: 'Buyers buy at two APIs while one thing after the other breaks. After each fault a checker that knows only what buyers were told judges both stores.',
  zh: '买家通过两个 API 抢购，同时各种故障接连发生。每次故障之后，由一个只知道买家得到过什么答复的裁判程序检查两个存储。',
}

export const noBreach: Text = {
  en: 'Nothing was lost, sold twice, stranded or over the limit, and no money went astray.',
  zh: '没有丢单、超卖、滞留，没有超过限购，也没有去向不明的款项。',
}

export const someBreach: Text = {
  en: 'Something was found that must never be. It is listed below the table.',
  zh: '发现了绝不该出现的情况，列在表格下方。',
}

export const sections = {
  table: { en: 'Fault by point', zh: '故障与位置' },
  breaches: { en: 'What was found', zh: '发现的问题' },
  known: { en: 'Known', zh: '已知' },
  made: { en: 'How it was made', zh: '是怎么做的' },
} satisfies Record<string, Text>

export const headings: readonly Text[] = [
  { en: 'fault', zh: '故障' },
  { en: 'point', zh: '位置' },
  { en: 'times', zh: '次数' },
  { en: 'accepted', zh: '已受理' },
  { en: 'paid', zh: '已支付' },
  { en: 'given back', zh: '已退回库存' },
  { en: 'refunded', zh: '已退款' },
  { en: 'lost', zh: '丢单' },
  { en: 'oversold', zh: '超卖' },
  { en: 'duplicates', zh: '重复' },
  { en: 'stranded', zh: '滞留' },
  { en: 'over limit', zh: '超限' },
  { en: 'money astray', zh: '款项去向不明' },
  { en: 'mistold', zh: '通知有误' },
  { en: 'unknown, and what it was', zh: '结果不明，以及后来的结果' },
  { en: 'p50 ms', zh: 'p50 毫秒' },
  { en: 'p99 ms', zh: 'p99 毫秒' },
  { en: 'max ms', zh: '最长毫秒' },
]

export const howMade: readonly Text[] = [
  {
    en: 'Each round sells an item of its own at two APIs, with two workers and stores of their own: real processes, real Redis, real Postgres. One item is on sale during the whole run.',
    zh: '每一轮都卖一件自己的商品：两个 API、两个工作进程和自己的存储，都是真实的进程、真实的 Redis 和 Postgres。另有一件商品在整个过程中一直在卖。',
  },
  {
    en: 'A point is certain, not likely: a proxy holds back the reply of the script, or the COMMIT, or its answer, until the fault has struck.',
    zh: '位置是确定的，不靠运气：代理扣住脚本的答复、COMMIT 或它的结果，直到故障发生。',
  },
  {
    en: 'Buyers are patient: they keep their key and ask again after a 503 or after no answer. Some double-click, some repeat an answered order, some want more than the limit. In the end more come than there are units.',
    zh: '买家有耐心：遇到 503 或没有答复时，用同一个键再问。有的连点两下，有的重复已受理的订单，有的想超过限购。最后来的买家比剩下的货多。',
  },
  {
    en: 'A second item of each round has to be paid within two seconds. Its buyers pay, cancel, leave, pay too late, twice or the wrong amount, and the provider tells once or several times. In the end each payment is one paid order or one refund, each unit is sold, on sale or on its way back, and a reader of the feed was told each change once.',
    zh: '每一轮还有第二件商品，须在两秒内付款。买家有的付款，有的取消，有的离开，有的付得太晚、付两次或付错金额；支付方的通知可能来一次或几次。最后，每笔付款对应一个已支付的订单或一笔退款，每件货或已售出、或在售、或正在退回，读取订单事件流的一方对每次变化都恰好得知一次。',
  },
  {
    en: 'Recovery lasts from the end of the fault until every API sells every item again and what the outbox held is persisted. An accepted order may be lost only if neither an API that accepted it nor the disk of Redis is left, and then a process has to say so.',
    zh: '恢复时间：从故障结束，到每个 API 都能再卖每件商品，并且发件箱里的订单已写入数据库。只有受理订单的 API 和 Redis 的磁盘都不在了，已受理的订单才可以丢失，而且必须有进程报告。',
  },
]

/** What is left after a fault, and so what may be lost. */
export function survivalText(fault: Fault): Text {
  const { acceptingApi, redisDisk } = fault.survives
  if (mayLose(fault))
    return { en: 'nothing is left: may lose, and must say so', zh: '什么都没留下：可以丢单，但必须报告' }
  if (acceptingApi && redisDisk) return { en: 'APIs and the disk of Redis are left', zh: 'API 和 Redis 磁盘都还在' }
  if (redisDisk) return { en: 'the disk of Redis is left', zh: 'Redis 磁盘还在' }
  return { en: 'the APIs are left', zh: 'API 还在' }
}

export function unknownText({ orderCount, refusedCount, neverToldCount }: TableRow['unknown']): Text {
  const total = orderCount + refusedCount + neverToldCount
  if (total === 0) return { en: '0', zh: '0' }
  const never = neverToldCount > 0
  return {
    en: `${count(total)}: ${count(orderCount)} orders, ${count(refusedCount)} not taken${never ? `, ${count(neverToldCount)} never told` : ''}`,
    zh: `${count(total)}：${count(orderCount)} 单受理，${count(refusedCount)} 单未受理${never ? `，${count(neverToldCount)} 单没有答复` : ''}`,
  }
}
