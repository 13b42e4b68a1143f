import type { Dictionary } from '../language/words.ts'

const en = {
  title: 'What happened',
  /** One sentence from parts that are known. */
  sent: (count: string, isAtLeast: boolean) => `${isAtLeast ? 'At least ' : ''}${count} orders were sent. `,
  got: (buyers: string, units: string, n: number) =>
    n === 1 ? `One buyer got ${units} of the units` : `${buyers} buyers got ${units} units`,
  nobody: 'Nobody got a unit',
  whole: ': none was sold twice, and none was lost',
  end: '.',
  figures: {
    sent: 'Orders sent',
    served: 'Buyers served',
    twice: 'Sold twice',
    lost: 'Lost',
    soldOutIn: 'Sold out in',
    soldFor: 'Selling time',
    p99: 'Answered within',
  },
  atLeast: (count: string) => `${count}+`,
  sentNote: (accepted: string, replayed: string | undefined, refused: string) =>
    `${accepted} taken, ${replayed === undefined ? '' : `${replayed} repeats of a taken one, `}${refused} refused`,
  someNotCounted: 'More were sent: some were not counted.',
  servedNote: (units: string, total: string, percent: string) => `${units} of ${total} units (${percent})`,
  twiceNote: 'Counted in both stores',
  lostNote: 'Every accepted order is saved',
  faultNote: 'It does not add up',
  counting: 'Still being saved and counted',
  speedNote: (rate: string) => `${rate} orders a second`,
  p99Note: '99 of 100 answers',
}

const zh: typeof en = {
  title: '本场战报',
  sent: (count, isAtLeast) => `${isAtLeast ? '至少' : '共'}收到 ${count} 次下单，`,
  got: (buyers, units) => `${buyers} 人抢到 ${units} 件`,
  nobody: '无人抢到',
  whole: '，没有一件重复售出，没有一单丢失',
  end: '。',
  figures: {
    sent: '下单次数',
    served: '抢到人数',
    twice: '重复售出',
    lost: '丢失',
    soldOutIn: '售罄用时',
    soldFor: '售卖时长',
    p99: '响应时间',
  },
  atLeast: (count) => `${count}+`,
  sentNote: (accepted, replayed, refused) =>
    `成功 ${accepted}，${replayed === undefined ? '' : `重复提交 ${replayed}，`}被拒 ${refused}`,
  someNotCounted: '实际更多：有少量未计入。',
  servedNote: (units, total, percent) => `售出 ${units} / 共 ${total} 件（${percent}）`,
  twiceNote: '已在两边存储逐一核对',
  lostNote: '成功的订单均已保存',
  faultNote: '账实不符',
  counting: '正在保存与核对',
  speedNote: (rate) => `平均每秒 ${rate} 单`,
  p99Note: '99% 的下单在此时间内得到答复',
}

export const storyWords: Dictionary<typeof en> = { en, zh }
