import { useWords, type Dictionary } from '../../language/words.ts'

/** What the words of the live page mean, one sentence each. */
export interface Terms {
  readonly invariant: string
  readonly accepted: string
  readonly refused: string
  readonly persisted: string
  readonly p99: string
  readonly outboxAge: string
  readonly available: string
  readonly outbox: string
  readonly confirmed: string
  readonly unpaid: string
  readonly paid: string
  readonly returning: string
  readonly total: string
}

const terms: Dictionary<Terms> = {
  en: {
    invariant:
      'Whether every unit is in exactly one place: still available, ordered and not yet saved, confirmed, paid or returning.',
    accepted: 'Orders that took their units: the buyer has been told so, and the service keeps the promise.',
    refused: 'Orders that took nothing: sold out, over the limit, too early, too late, or sent too fast.',
    persisted: 'Accepted orders that Postgres has saved.',
    p99: '99 of 100 orders are answered within this time, and 1 waits longer.',
    outboxAge: 'How long the oldest accepted order has been waiting to be saved in Postgres.',
    available: 'Units that can still be ordered.',
    outbox: 'Units of accepted orders that wait in Redis to be saved in Postgres. None is lost meanwhile.',
    confirmed: 'Units of orders that Postgres has saved.',
    unpaid: 'Units of saved orders that are not paid yet. They are sold again if the time to pay runs out.',
    paid: 'Units of orders that are paid.',
    returning: 'Units of cancelled and expired orders that are about to be on sale again.',
    total: 'All units that were put on sale, restocks included.',
  },
  zh: {
    invariant: '每一件库存是否都有唯一去处：可售、待落库、已确认、已支付或待归还。',
    accepted: '已扣减库存的订单：已告知买家下单成功，服务会兑现。',
    refused: '未扣减库存的订单：已售罄、超出限购、未开始、已结束或请求过快。',
    persisted: '已写入 Postgres 的订单。',
    p99: '每 100 笔下单中，99 笔在该时间内得到响应。',
    outboxAge: '最早一笔待落库订单已等待的时间。',
    available: '仍可下单的数量。',
    outbox: '已受理、正在 Redis 中等待写入 Postgres 的数量，不会丢失。',
    confirmed: '订单已写入 Postgres 的数量。',
    unpaid: '订单已写入 Postgres、尚未支付的数量；逾期未付将重新开售。',
    paid: '订单已支付的数量。',
    returning: '已取消或已过期订单中、即将重新开售的数量。',
    total: '发售总量，含补货。',
  },
}

export function useTerms(): Terms {
  return useWords(terms)
}
