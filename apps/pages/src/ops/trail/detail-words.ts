import type { Dictionary } from '../../language/words.ts'

export interface DetailWords {
  /** The names of details, in the order in which the page shows them. */
  readonly names: Readonly<Record<string, string>>
  /** Words for texts that the service writes, by the name of the detail. */
  readonly values: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export const detailWords: Dictionary<DetailWords> = {
  en: {
    names: {
      operator: 'Operator',
      reason: 'Reason',
      items: 'Items',
      units: 'Units',
      jobId: 'Job',
      call: 'Call',
      outcome: 'Outcome',
      why: 'Because',
      oversold: 'Oversold',
      undersold: 'Stranded',
      epoch: 'Epoch',
      lostEpoch: 'Lost epoch',
      lostBirth: 'Lost birth',
      broughtBack: 'Brought back',
      rejected: 'Rejected',
      conflicts: 'In conflict',
      batchesMax: 'Batches at most',
      ordersMax: 'Orders at most',
      name: 'Name',
      taken: 'Taken',
      known: 'Known',
      key: 'Idempotency key',
      total: 'Total',
      available: 'Available',
      broughtBackTotal: 'Total brought back',
      broughtBackEpoch: 'Epoch brought back',
      movedAside: 'Moved aside to',
      ordersAside: 'Orders aside',
      entriesAside: 'Outbox entries aside',
    },
    values: {
      outcome: {
        DONE: 'done',
        REFUSED: 'refused',
        UNKNOWN: 'not known',
        REBUILT: 'made anew',
        SOUND_ALREADY: 'was sound',
        OVERSOLD: 'oversold, stays closed',
      },
      why: {
        UNSOUND: 'the ledger was missing, of another Redis or of another epoch',
        UNITS_DIFFER: 'the stores differed',
        FORGOTTEN: 'Postgres was older than the ledger',
        ITEM_MISSING: 'the item was not in Postgres',
      },
    },
  },
  zh: {
    names: {
      operator: '操作人',
      reason: '理由',
      items: '商品数',
      units: '数量',
      jobId: '任务',
      call: '调用',
      outcome: '结果',
      why: '原因',
      oversold: '超卖',
      undersold: '滞留',
      epoch: '账本版本',
      lostEpoch: '丢失的账本版本',
      lostBirth: '丢失的商品标识',
      broughtBack: '找回',
      rejected: '拒绝',
      conflicts: '冲突',
      batchesMax: '批次上限',
      ordersMax: '订单上限',
      name: '名称',
      taken: '已受理',
      known: '原已存在',
      key: '幂等键',
      total: '总量',
      available: '可售',
      broughtBackTotal: '找回的总量',
      broughtBackEpoch: '找回的账本版本',
      movedAside: '搁置到',
      ordersAside: '搁置的订单',
      entriesAside: '搁置的待存条目',
    },
    values: {
      outcome: {
        DONE: '已执行',
        REFUSED: '被拒绝',
        UNKNOWN: '未知',
        REBUILT: '已重建',
        SOUND_ALREADY: '账本完好，未改动',
        OVERSOLD: '存在超卖，保持停售',
      },
      why: {
        UNSOUND: '账本缺失、来自另一个 Redis 或版本不符',
        UNITS_DIFFER: '两边存储不一致',
        FORGOTTEN: 'Postgres 比账本旧',
        ITEM_MISSING: 'Postgres 里没有这个商品',
      },
    },
  },
}
