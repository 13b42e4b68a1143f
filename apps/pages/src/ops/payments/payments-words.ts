import type { RefundListState } from '@flash-sale/contract/payments'
import type { Dictionary } from '../../language/words.ts'
import type { PaymentStanding } from './payment-standing.ts'

export interface PaymentsWords {
  readonly title: string
  readonly lead: string
  readonly payments: string
  readonly none: string
  readonly noneAdvice: string
  readonly states: Readonly<Record<PaymentStanding, string>>
  readonly columns: {
    readonly state: string
    readonly amount: string
    readonly order: string
    readonly buyer: string
    readonly provider: string
    readonly begunAt: string
  }
  readonly refunds: {
    readonly title: string
    readonly shown: string
    readonly all: string
    readonly failing: string
    readonly none: string
    readonly noneAdvice: string
    readonly noneFailing: string
    readonly noneFailingAdvice: string
    readonly states: Readonly<Record<RefundListState, string>>
    readonly tries: (count: string) => string
    readonly nextTry: (time: string) => string
    readonly columns: {
      readonly state: string
      readonly amount: string
      readonly why: string
      readonly order: string
      readonly buyer: string
      readonly createdAt: string
      readonly doneAt: string
    }
  }
  /** Money that came for no payment of ours. */
  readonly unknown: {
    readonly title: string
    readonly none: string
    readonly about: string
    readonly columns: {
      readonly event: string
      readonly amount: string
      readonly provider: string
      readonly receivedAt: string
    }
    readonly resolve: {
      readonly name: string
      readonly title: (amount: string) => string
      readonly about: string
      readonly did: string
    }
  }
  /** Money of an order beside its status. */
  readonly money: {
    /** A sentence about the money follows. */
    readonly cameLate: string
    readonly buysAgain: (amount: string) => string
    readonly boughtAnother: (amount: string) => string
    readonly refunds: Readonly<Record<RefundListState, (amount: string) => string>>
  }
  /** Why money goes back. Other reasons are problem codes. */
  readonly reasons: Readonly<Record<string, string>>
  readonly refund: {
    readonly name: string
    readonly title: (order: string) => string
    readonly about: string
    readonly returnUnits: string
    readonly returnUnitsHint: string
    readonly did: (amount: string) => string
  }
}

export const paymentsWords: Dictionary<PaymentsWords> = {
  en: {
    title: 'Payments',
    lead: 'The money of orders: what was asked for, what came, and what goes back.',
    payments: 'Payments',
    none: 'No payment yet',
    noneAdvice: 'A payment is listed here once a buyer of a sale that asks for payment begins to pay.',
    states: {
      open: 'Begun',
      failed: 'No money came',
      paid: 'Paid',
      late: 'Came late, buys again',
      due: 'Refund to be made',
      failing: 'Refund fails',
      done: 'Refunded',
    },
    columns: {
      state: 'State',
      amount: 'Amount',
      order: 'Order',
      buyer: 'Buyer',
      provider: 'Provider',
      begunAt: 'Begun',
    },
    refunds: {
      title: 'Refunds',
      shown: 'Which refunds are shown',
      all: 'All',
      failing: 'Failing',
      none: 'No refund yet',
      noneAdvice: 'Money that goes back to a buyer is listed here until the provider has it, and afterwards.',
      noneFailing: 'No refund fails',
      noneFailingAdvice: 'A refund that was tried in vain is listed here, and is tried again by itself.',
      states: { due: 'To be made', failing: 'Failing', done: 'Done' },
      tries: (count) => (count === '1' ? 'Tried once.' : `Tried ${count} times.`),
      nextTry: (time) => `Next try ${time}.`,
      columns: {
        state: 'State',
        amount: 'Amount',
        why: 'Why',
        order: 'Order',
        buyer: 'Buyer',
        createdAt: 'Since',
        doneAt: 'Done',
      },
    },
    unknown: {
      title: 'Unknown money',
      none: 'No unknown money',
      about: 'Money that came for no payment of this shop is listed here until somebody says what became of it.',
      columns: { event: 'Event at the provider', amount: 'Amount', provider: 'Provider', receivedAt: 'Came' },
      resolve: {
        name: 'Dealt with',
        title: (amount) => `What became of ${amount}?`,
        about:
          'Look for the event at the provider, and give the money back there if nobody is owed goods for it. Then say here what you did.',
        did: 'It is not listed any more.',
      },
    },
    money: {
      cameLate: 'Paid late. ',
      buysAgain: (amount) => `${amount} buys again.`,
      boughtAnother: (amount) => `${amount} paid another order.`,
      refunds: {
        due: (amount) => `${amount} is to go back.`,
        failing: (amount) => `Giving ${amount} back fails, and is tried again.`,
        done: (amount) => `${amount} went back.`,
      },
    },
    reasons: {
      OPERATOR: 'Refunded by an operator',
      WRONG_AMOUNT: 'Another amount than was asked for',
      WRONG_CURRENCY: 'Another currency than was asked for',
      PAID_BEFORE: 'The order was paid before',
      REJECTED: 'Late, and the order was rejected',
    },
    refund: {
      name: 'Refund and cancel',
      title: (order) => `Refund and cancel the order ${order}?`,
      about: 'The order is cancelled at once, and all its money goes back to the buyer. This cannot be undone.',
      returnUnits: 'Sell its units again',
      returnUnitsHint: 'Otherwise the total is lowered by them, for example because they are with the buyer or broken.',
      did: (amount) => `The order is cancelled. ${amount} go back to the buyer.`,
    },
  },
  zh: {
    title: '支付',
    lead: '订单的资金：应付、实付与退款。',
    payments: '支付记录',
    none: '暂无支付',
    noneAdvice: '需要支付的场次有买家发起支付后，会列在这里。',
    states: {
      open: '待支付',
      failed: '未付款',
      paid: '已支付',
      late: '逾期到账，正在补单',
      due: '待退款',
      failing: '退款失败，重试中',
      done: '已退款',
    },
    columns: {
      state: '状态',
      amount: '金额',
      order: '订单',
      buyer: '买家',
      provider: '支付渠道',
      begunAt: '发起时间',
    },
    refunds: {
      title: '退款',
      shown: '显示哪些退款',
      all: '全部',
      failing: '失败重试中',
      none: '暂无退款',
      noneAdvice: '退给买家的款项会列在这里，直至支付渠道受理；受理后仍可查看。',
      noneFailing: '没有失败的退款',
      noneFailingAdvice: '尝试失败的退款会列在这里，并自动重试。',
      states: { due: '待退款', failing: '失败重试中', done: '已退款' },
      tries: (count) => `已尝试 ${count} 次。`,
      nextTry: (time) => `下次重试：${time}。`,
      columns: {
        state: '状态',
        amount: '金额',
        why: '原因',
        order: '订单',
        buyer: '买家',
        createdAt: '发起时间',
        doneAt: '完成时间',
      },
    },
    unknown: {
      title: '来源不明的款项',
      none: '没有来源不明的款项',
      about: '不属于本店任何支付的款项会列在这里，直至有人说明处理结果。',
      columns: { event: '支付渠道的事件', amount: '金额', provider: '支付渠道', receivedAt: '到账时间' },
      resolve: {
        name: '已处理',
        title: (amount) => `${amount} 如何处理了？`,
        about: '请到支付渠道查找该事件；若无需发货，请在那里退款，然后在此说明处理结果。',
        did: '该款项不再列出。',
      },
    },
    money: {
      cameLate: '逾期到账：',
      buysAgain: (amount) => `${amount} 正在补单。`,
      boughtAnother: (amount) => `${amount} 已转付另一笔订单。`,
      refunds: {
        due: (amount) => `${amount} 待退款。`,
        failing: (amount) => `${amount} 退款失败，重试中。`,
        done: (amount) => `${amount} 已退款。`,
      },
    },
    reasons: {
      OPERATOR: '运营退款',
      WRONG_AMOUNT: '金额与应付不符',
      WRONG_CURRENCY: '币种与应付不符',
      PAID_BEFORE: '订单此前已支付',
      REJECTED: '逾期到账，补单被驳回',
    },
    refund: {
      name: '退款并取消',
      title: (order) => `对订单 ${order} 退款并取消？`,
      about: '订单立即取消，款项全额退还买家。此操作无法撤销。',
      returnUnits: '商品重新上架出售',
      returnUnitsHint: '不勾选则从总量中扣除，例如商品已在买家手中或已损坏。',
      did: (amount) => `订单已取消，将向买家退款 ${amount}。`,
    },
  },
}
