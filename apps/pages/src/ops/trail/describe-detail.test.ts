import { expect, test } from 'vitest'
import { createFormat } from '../../language/format.ts'
import { describeDetail } from './describe-detail.ts'
import { detailWords, type DetailWords } from './detail-words.ts'

const read = (language: 'en' | 'zh', detail: Parameters<typeof describeDetail>[0]) =>
  describeDetail(detail, detailWords[language], createFormat(language)).map(({ name, value }) => `${name} ${value}`)

/** As the acts and repairs of the service write them. */
const details = {
  restock: { key: 'furnish', units: 1_200 },
  retry: { jobId: '7-1-1700000000000-0', outcome: 'DONE' },
  queue: { call: 'PUT /api/queues/orders/pause', outcome: 'UNKNOWN' },
  rebuild: { outcome: 'REBUILT' },
  refund: { orderId: 'o', paymentId: 'p', sellAgain: true },
  unknown: { provider: 'stripe', eventId: 'e', amount: 1_200, currency: 'JPY' },
  repair: { why: 'UNITS_DIFFER', epoch: 3, outcome: 'OVERSOLD', oversold: 2, undersold: 0 },
}

test('what is said of an act is read in the words of the reader, in one order', () => {
  expect(read('en', details.restock)).toEqual(['Units 1,200', 'Idempotency key furnish'])
  expect(read('zh', details.restock)).toEqual(['数量 1,200', '幂等键 furnish'])
  expect(read('en', details.retry)).toEqual(['Job 7-1-1700000000000-0', 'Outcome done'])
  expect(read('zh', details.queue)).toEqual(['调用 PUT /api/queues/orders/pause', '结果 未知'])
  expect(read('zh', details.rebuild)).toEqual(['结果 已重建'])
  expect(read('en', details.refund)).toEqual(['Order o', 'Units sold again yes', 'Payment p'])
  expect(read('zh', details.refund)).toEqual(['订单 o', '商品重新出售 是', '支付 p'])
  expect(read('en', details.unknown)).toEqual(['Amount ¥1,200', 'Provider stripe', 'Event e'])
  expect(read('en', details.repair)).toEqual([
    'Outcome oversold, stays closed',
    'Because the stores differed',
    'Oversold 2',
    'Stranded 0',
    'Epoch 3',
  ])
})

test('what is not known is shown as it is, after what is', () => {
  expect(read('zh', { constructor: 'x', isLate: true, outcome: 'toString', units: 1 })).toEqual([
    '数量 1',
    '结果 toString',
    'constructor x',
    'isLate true',
  ])
  expect(read('en', {})).toEqual([])
})

/** The same names and values, whatever their words. */
const known = ({ names, values }: DetailWords) => [
  Object.keys(names),
  Object.entries(values).map(([name, words]) => [name, Object.keys(words)]),
]

test('both languages know the same', () => {
  expect(known(detailWords.zh)).toEqual(known(detailWords.en))
})
